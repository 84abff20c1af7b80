package io.unmask.detector.pipeline;

import io.unmask.detector.verdict.Verdict;
import java.time.Instant;

/** A source that is being read. Compared by identity: one opening is one stream. */
final class OpenStream {
    private final StreamJob job;
    private final Verdict.Stream stream;
    private final Instant opened;
    private final boolean live;

    OpenStream(StreamJob job, Verdict.Stream stream, Instant opened, boolean live) {
        this.job = job;
        this.stream = stream;
        this.opened = opened;
        this.live = live;
    }

    StreamJob job() {
        return job;
    }

    Verdict.Stream stream() {
        return stream;
    }

    /** Wall clock at the first picture. */
    Instant opened() {
        return opened;
    }

    /** Whether presentation time runs with the wall clock. */
    boolean live() {
        return live;
    }
}
