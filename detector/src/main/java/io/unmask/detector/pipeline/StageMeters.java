package io.unmask.detector.pipeline;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** Counts and times the stages. Thread-safe, as the registry is. */
final class StageMeters {
    private final Counter events;
    private final Counter frames;
    private final Counter clips;
    private final Timer queue;
    private final Timer encode;
    private final Timer score;
    private final Timer commit;
    private final Timer run;

    StageMeters(MeterRegistry registry) {
        events = registry.counter("unmask.ingest.events");
        frames = registry.counter("unmask.encode.frames");
        clips = registry.counter("unmask.score.clips");
        queue = registry.timer("unmask.queue.wait");
        encode = registry.timer("unmask.encode");
        score = registry.timer("unmask.score");
        commit = registry.timer("unmask.commit");
        run = registry.timer("unmask.run");
    }

    void framesEncoded(int count) {
        frames.increment(count);
    }

    void queued(long nanos) {
        events.increment();
        queue.record(Duration.ofNanos(nanos));
    }

    void batch(int scored, long encodeNanos, long scoreNanos) {
        if (scored > 0) {
            clips.increment(scored);
            encode.record(Duration.ofNanos(encodeNanos));
            score.record(Duration.ofNanos(scoreNanos));
        }
    }

    /** Runs and times a commit. */
    void commit(Runnable action) {
        commit.record(action);
    }

    /** Records how long the run took, from the opening of the first source to the last commit. */
    void ran(long nanos) {
        run.record(Duration.ofNanos(nanos));
    }
}
