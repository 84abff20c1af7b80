package io.unmask.detector.pipeline;

import io.unmask.detector.verdict.Verdict;
import java.time.Instant;

/** A source that is being read. Compared by identity: one opening is one stream. */
final class OpenStream {
    private final StreamJob job;
    private final Verdict.Stream stream;
    private final Instant opened;

    OpenStream(StreamJob job, Verdict.Stream stream, Instant opened) {
        this.job = job;
        this.stream = stream;
        this.opened = opened;
    }

    StreamJob job() {
        return job;
    }

    Verdict.Stream stream() {
        return stream;
    }

    /** Wall clock at presentation time 0 of a live source; of a file, when reading began. */
    Instant opened() {
        return opened;
    }
}
