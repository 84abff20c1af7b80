package io.unmask.detector.pipeline;

import io.unmask.detector.verdict.Verdict;
import java.time.Instant;

/** A source that is being read. Compared by identity: one opening is one stream. */
public final class OpenStream {
    private final String label;
    private final Verdict.Stream stream;
    private final Instant opened;
    private final boolean live;

    /**
     * Describes an opening.
     *
     * @param label names the source for people
     * @param opened wall clock at the first picture
     * @param live whether presentation time runs with the wall clock
     */
    public OpenStream(String label, Verdict.Stream stream, Instant opened, boolean live) {
        this.label = label;
        this.stream = stream;
        this.opened = opened;
        this.live = live;
    }

    String label() {
        return label;
    }

    Verdict.Stream stream() {
        return stream;
    }

    Instant opened() {
        return opened;
    }

    boolean live() {
        return live;
    }
}
