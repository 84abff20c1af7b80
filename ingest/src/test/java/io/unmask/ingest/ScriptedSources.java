package io.unmask.ingest;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.decode.Counts;
import io.unmask.ingest.decode.Failures;
import io.unmask.ingest.decode.FrameSource;
import io.unmask.ingest.decode.SampledPicture;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;

/** Sources that do what the test says, one after the other. */
final class ScriptedSources implements IngestParts.Opener {
    static final long PERIOD_MICROS = 100_000;

    static final Settings SETTINGS = new Settings(
            Path.of("unused"),
            new Settings.Source(10, 1, 1000, 3, 1_000_000, 200_000, 0, false, 0, false),
            new Settings.Face(Optional.empty(), 20, 0.7, 0.3, 500),
            new Settings.Clip(4, 2, 2),
            new Settings.Quality(20, 0, 0, 255, 0),
            new Settings.Model(Optional.empty(), Optional.empty(), 1, 1, "unused"),
            new Settings.Verdict(Optional.empty(), false),
            new Settings.Outbox(1, 1),
            new Settings.Kafka(Optional.empty(), "unused", 1, Map.of()),
            new Settings.Broker(1, 1),
            List.of(),
            new Settings.Serve(1, 1, 1, 1, 1),
            new Settings.Web("unused", 1, Optional.empty(), 1, 1, Optional.empty()),
            new Settings.Workers("all", "unused", "unused", 1, 1, 1, 1),
            new Settings.Evidence(0));

    private final Deque<Script> scripts = new ArrayDeque<>();
    private final List<Script> opened = new ArrayList<>();

    /** The next source to be opened: some pictures and then its regular end, unless told otherwise. */
    Script pictures(int count) {
        Script script = new Script(count);
        scripts.add(script);
        return script;
    }

    /** The next source to be opened cannot be. */
    void refuses(SourceException failure) {
        pictures(0).refusal = Optional.of(failure);
    }

    boolean allClosed() {
        return opened.stream().allMatch(script -> script.closed);
    }

    @Override
    public FrameSource open(SourceUri uri) throws SourceException {
        Script script = scripts.remove();
        if (script.refusal.isPresent()) {
            throw script.refusal.get();
        }
        opened.add(script);
        return script;
    }

    static final class Script implements FrameSource {
        private final int count;
        private Optional<SourceException> refusal = Optional.empty();
        private Optional<SourceException> failure = Optional.empty();
        private Optional<RuntimeException> defect = Optional.empty();
        private long passedOver;
        private OptionalLong durationMicros = OptionalLong.empty();
        private boolean hangs;
        private boolean closed;
        private int given;

        private Script(int count) {
            this.count = count;
        }

        void fails(SourceException e) {
            failure = Optional.of(e);
        }

        void breaks(RuntimeException e) {
            defect = Optional.of(e);
        }

        Script declares(long newDurationMicros) {
            durationMicros = OptionalLong.of(newDurationMicros);
            return this;
        }

        Script passesOver(long pictures) {
            passedOver = pictures;
            return this;
        }

        void hangs() {
            hangs = true;
        }

        @Override
        public Optional<SampledPicture> next() throws SourceException {
            if (given < count) {
                return Optional.of(
                        new SampledPicture(given++ * PERIOD_MICROS, new RgbFrame(64, 48, new byte[64 * 48 * 3])));
            }
            if (hangs) {
                awaitInterrupt();
            }
            if (defect.isPresent()) {
                throw defect.get();
            }
            if (failure.isPresent()) {
                throw failure.get();
            }
            return Optional.empty();
        }

        private static void awaitInterrupt() throws SourceException {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Failures.fatal("interrupted");
            }
        }

        @Override
        public Counts counts() {
            return new Counts(given, given, 0, 0, 0, passedOver, List.of());
        }

        @Override
        public OptionalLong durationMicros() {
            return durationMicros;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
