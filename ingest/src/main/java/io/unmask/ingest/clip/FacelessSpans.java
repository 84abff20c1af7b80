package io.unmask.ingest.clip;

import io.unmask.ingest.clip.IngestEvent.FacelessSpan;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Decides frame by frame whether a face was in it. A frame whose faces may or may not count yet waits, and so do the
 * frames behind it. A stretch of frames without a face is cut into spans as long as a clip. One thread.
 */
final class FacelessSpans {
    private final long spanMicros;
    private final Deque<Frame> waiting = new ArrayDeque<>();
    private OptionalLong runStart = OptionalLong.empty();
    private boolean interrupted;
    private long withFace;
    private long spans;

    /** Whether a track counts; its frames look here. */
    static final class Standing {
        private boolean counts;
        private boolean decided;

        void decide(boolean itCounts) {
            counts = itCounts;
            decided = true;
        }

        boolean counts() {
            return counts;
        }
    }

    /** @param afterHole whether nothing is known about the time before it */
    private record Frame(long timeMicros, boolean afterHole, long spanMicros, List<Standing> faces) {
        boolean withFace() {
            return faces.stream().anyMatch(face -> face.counts);
        }

        boolean settled() {
            return withFace() || faces.stream().allMatch(face -> face.decided);
        }
    }

    FacelessSpans(long spanMicros) {
        this.spanMicros = spanMicros;
    }

    /**
     * Takes a frame.
     *
     * @param afterHole whether nothing is known about the time before it
     * @param usualMicros how far apart frames usually are: a span holds two at least
     */
    void frame(long timeMicros, boolean afterHole, long usualMicros, List<Standing> faces) {
        boolean unwatchedBefore = afterHole || interrupted;
        interrupted = false;
        waiting.add(new Frame(timeMicros, unwatchedBefore, Math.max(spanMicros, 2 * usualMicros), List.copyOf(faces)));
    }

    /** Takes the frames that are certain by now and returns the spans that they complete. */
    List<IngestEvent> settle(Supplier<Coverage> coverage) {
        List<IngestEvent> complete = new ArrayList<>();
        while (!waiting.isEmpty() && waiting.peek().settled()) {
            Frame frame = waiting.remove();
            if (frame.afterHole) {
                runStart = OptionalLong.empty();
            }
            if (frame.withFace()) {
                withFace++;
            } else if (runStart.isEmpty()) {
                runStart = OptionalLong.of(frame.timeMicros);
            }
            cut(frame, complete, coverage);
            if (frame.withFace()) {
                runStart = OptionalLong.empty();
            }
        }
        return complete;
    }

    private void cut(Frame until, List<IngestEvent> complete, Supplier<Coverage> coverage) {
        while (runStart.isPresent() && until.timeMicros - runStart.getAsLong() >= until.spanMicros) {
            long start = runStart.getAsLong();
            complete.add(new FacelessSpan(start, start + until.spanMicros, coverage.get()));
            spans++;
            runStart = OptionalLong.of(start + until.spanMicros);
        }
    }

    /** The time until the next frame was not watched. Frames that still wait came before it. */
    void interrupt() {
        interrupted = true;
    }

    /** The span of a source that is over, had no face and was too short for a whole span. */
    Optional<IngestEvent> rest(long firstMicros, long lastMicros, Coverage coverage) {
        return withFace == 0 && spans == 0
                ? Optional.of(new FacelessSpan(firstMicros, lastMicros, coverage))
                : Optional.empty();
    }

    OptionalLong firstUnsettledMicros() {
        return waiting.isEmpty() ? OptionalLong.empty() : OptionalLong.of(waiting.peek().timeMicros);
    }

    long withFace() {
        return withFace;
    }
}
