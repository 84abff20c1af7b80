package io.unmask.detector.workers;

import io.unmask.detector.pipeline.OpenStream;
import io.unmask.detector.pipeline.StreamEvent;
import io.unmask.detector.publish.ClipWriter;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.ConnectionLost;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Writes the events of the streams that this process reads to the clips' topic. Used by one thread. */
final class ClipSink {
    private static final double NANOS_PER_MS = 1e6;

    private final ServingModel model;
    private final Clock clock;
    private final Ends ends;
    private final ClipPacker packer;
    private final Map<OpenStream, Long> numbers = new HashMap<>();

    /** Is told, by one of Kafka's threads, when a source's last event is stored on the topic. */
    interface Ends {
        void safe(Verdict.Stream stream, SourceEnded end);
    }

    ClipSink(ServingModel model, Ends ends) {
        this.model = model;
        this.clock = model.rules().clock();
        this.ends = ends;
        packer = new ClipPacker(model.settings().workers().jpegQuality());
    }

    /** Writes events in their order. Blocks while too many are waiting to be sent. */
    void write(List<StreamEvent> events, ClipWriter writer) {
        for (StreamEvent event : events) {
            writer.write(packer.pack(message(event)), () -> safe(event));
        }
    }

    private void safe(StreamEvent event) {
        if (event.event() instanceof SourceEnded end) {
            ends.safe(event.stream().stream(), end);
        }
    }

    private ClipMessage message(StreamEvent event) {
        OpenStream stream = event.stream();
        Rules rules = stream.rules().orElse(model.rules());
        OptionalLong lateNanos = event.fromCapture(System.nanoTime());
        return new ClipMessage(
                stream.stream(),
                stream.label(),
                stream.opened(),
                stream.live(),
                number(event),
                new ClipMessage.Cut(model.crop().size(), model.crop().scale(), rules.terms()),
                clock.instant(),
                lateNanos.isPresent() ? Optional.of(lateNanos.getAsLong() / NANOS_PER_MS) : Optional.empty(),
                stream.captured(event.event().endMicros()),
                counted(stream, event.event()));
    }

    private long number(StreamEvent event) {
        long number = numbers.merge(event.stream(), 1L, Long::sum);
        if (event.event() instanceof SourceEnded || event.event() instanceof ConnectionLost) {
            numbers.remove(event.stream());
        }
        return number;
    }

    /** Adds the frames that this process dropped to the event's coverage, since the worker cannot know of them. */
    private static IngestEvent counted(OpenStream stream, IngestEvent event) {
        return stream.dropped() == 0 ? event : event.withCoverage(stream.counted(event.coverage()));
    }
}
