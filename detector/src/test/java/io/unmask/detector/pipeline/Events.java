package io.unmask.detector.pipeline;

import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.score.TinyModel;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Ingest events for tests. */
final class Events {
    static final Coverage COVERAGE = new Coverage(100, 20, 20, 0, 0, 0);
    private static final int SIZE = TinyModel.SPEC.inputSize();
    private static final FaceQuality GOOD = new FaceQuality(100, 100, 128, 1);

    private Events() {}

    /** A clip of samples numbered from {@code first}, eight a second, of one grey level. */
    static FaceClip clip(int track, int index, int first, int count, int grey) {
        List<FaceSample> samples = IntStream.range(first, first + count)
                .mapToObj(i -> sample(i, grey))
                .toList();
        return new FaceClip(
                track,
                index,
                samples.get(0).timeMicros(),
                samples.get(count - 1).timeMicros(),
                samples,
                COVERAGE);
    }

    static FaceSample sample(int sequence, int grey) {
        byte[] pixels = new byte[SIZE * SIZE * 3];
        Arrays.fill(pixels, (byte) grey);
        return new FaceSample(
                sequence,
                sequence * 125_000L,
                new FaceBox(0, 0, 100, 100),
                Optional.empty(),
                GOOD,
                new RgbFrame(SIZE, SIZE, pixels));
    }

    static SourceEnded ended(long endMicros) {
        return new SourceEnded(0, endMicros, false, Optional.empty(), COVERAGE);
    }

    static SourceEnded stopped(long endMicros) {
        return new SourceEnded(0, endMicros, true, Optional.empty(), COVERAGE);
    }

    static StreamJob job(String label, List<IngestEvent> events) {
        return new StreamJob(
                label, false, () -> new Verdict.Stream(label, "session", label), listener -> new StreamJob.Reader() {
                    @Override
                    public void run() {
                        events.forEach(listener::event);
                    }

                    @Override
                    public void stop() {}
                });
    }

    static OpenStream stream(String id, boolean live) {
        return new OpenStream(id, new Verdict.Stream(id, "session", id), Instant.EPOCH, live);
    }

    static StreamEvent entry(IngestEvent event) {
        StreamJob job = job("video", List.of());
        return new StreamEvent(new OpenStream(job.label(), job.identity().identify(), Instant.EPOCH, false), event, 0);
    }
}
