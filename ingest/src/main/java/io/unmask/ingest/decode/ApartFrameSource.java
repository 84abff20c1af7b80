package io.unmask.ingest.decode;

import io.unmask.config.Settings;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * A source that is decoded by a {@link DecoderProcess}. A process that gives no sign of life is killed; the picture that it
 * was decoding is lost, and the source may be opened again.
 */
final class ApartFrameSource implements FrameSource {
    /** A process counts as silent after this time; while it runs, it gives a sign of life four times a second. */
    static final long SILENCE_MS = 5_000;

    /** A silent process is killed when it takes no processor time during this time; if it takes some, it is only slow. */
    private static final long PROOF_MS = 2_000;

    private static final int EXIT_WAIT_MS = 1_000;
    private static final int KILLED = 128 + 9;

    private final SourceUri uri;
    private final Settings.Source settings;
    private final long mostLateMs;
    private Optional<Process> process = Optional.empty();
    private final Watchdog watchdog;
    private final long silenceMs;
    private Optional<PictureReader> reader = Optional.empty();
    private OptionalLong durationMicros = OptionalLong.empty();
    private Counts counts = Counts.NONE;
    private boolean closed;

    /**
     * @param mostLateMs as in {@link FrameSources#openApart}
     * @param watchdog whose thread reads what the process writes
     * @param silenceMs time without a sign of life after which a process counts as silent
     */
    ApartFrameSource(SourceUri uri, Settings.Source settings, long mostLateMs, Watchdog watchdog, long silenceMs) {
        this.mostLateMs = mostLateMs;
        this.silenceMs = silenceMs;
        this.uri = uri;
        this.settings = settings;
        this.watchdog = watchdog;
    }

    /** Starts the process and waits until the source is open. Call {@link #close} whether it succeeds or not. */
    void open() throws SourceException {
        int timeoutMs = Math.toIntExact(settings.stallTimeoutMs());
        await(
                () -> {
                    Knock.at(uri, timeoutMs);
                    return true;
                },
                timeoutMs + silenceMs);
        PictureReader pictures = start();
        durationMicros = await(pictures::opened, silenceMs);
    }

    private PictureReader start() throws SourceException {
        try {
            Process started = DecoderRequest.process(settings, DecoderProcess.class.getName())
                    .start();
            process = Optional.of(started);
            new DecoderRequest(uri, settings, mostLateMs).write(new DataOutputStream(started.getOutputStream()));
            PictureReader pictures = new PictureReader(started.getInputStream(), settings.maxPixels(), watchdog::alive);
            reader = Optional.of(pictures);
            return pictures;
        } catch (IOException e) {
            throw SourceException.retriable("source " + uri + ": its decoder cannot be started: " + e.getMessage());
        }
    }

    private void kill() {
        process.ifPresent(Process::destroyForcibly);
    }

    @Override
    public Optional<SampledPicture> next() throws SourceException {
        if (closed) {
            throw new IllegalStateException("source " + uri + " is closed");
        }
        PictureReader.Step step = await(reader.orElseThrow()::next, silenceMs);
        counts = step.counts();
        return step.picture();
    }

    private <T> T await(Callable<T> reading, long limitMs) throws SourceException {
        Future<T> result = watchdog.start(() -> {
            try {
                return reading.call();
            } catch (PictureReader.FailedException e) {
                counts = e.counts();
                throw e.failure();
            } catch (IOException e) {
                throw died(process.orElseThrow(), e);
            }
        });
        try {
            return awaitSigns(result, limitMs);
        } catch (Watchdog.StalledException e) {
            kill();
            throw SourceException.retriable("source " + uri
                    + (process.isEmpty()
                            ? ": cannot be opened: the server does not answer in time"
                            : ": its decoder gave no sign of life (" + e.getMessage() + ") and was ended"));
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
            throw SourceException.fatal("source " + uri + ": stopped before its end");
        }
    }

    /**
     * Awaits a result for as long as the process gives signs of life or takes processor time. A busy machine may take half a
     * minute to start a process or to schedule one, and replacing it would make the machine busier still.
     */
    private <T> T awaitSigns(Future<T> result, long limitMs)
            throws SourceException, InterruptedException, Watchdog.StalledException {
        try {
            return watchdog.await(result, limitMs);
        } catch (Watchdog.StalledException silence) {
            Duration taken = processorTime();
            while (true) {
                try {
                    watchdog.alive();
                    return watchdog.await(result, PROOF_MS);
                } catch (Watchdog.StalledException stillSilent) {
                    Duration now = processorTime();
                    if (now.equals(taken)) {
                        throw silence;
                    }
                    taken = now;
                }
            }
        }
    }

    private Duration processorTime() {
        return process.flatMap(one -> one.info().totalCpuDuration()).orElse(Duration.ZERO);
    }

    private SourceException died(Process process, IOException cause) {
        try {
            if (!process.waitFor(EXIT_WAIT_MS, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
            int code = process.waitFor();
            if (code == DecoderProcess.TOO_MUCH_MEMORY) {
                return SourceException.fatal("source " + uri + ": its decoder took more memory than"
                        + " source.process-megabytes = " + settings.processMegabytes()
                        + "; raise it if you trust the source");
            }
            return SourceException.retriable("source " + uri + ": its decoder ended unexpectedly ("
                    + (code == KILLED ? "killed" : "exit code " + code) + ", " + cause + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return SourceException.retriable("source " + uri + ": its decoder ended unexpectedly");
        }
    }

    /** The decoder's process, for tests that harm it. */
    ProcessHandle process() {
        return process.orElseThrow().toHandle();
    }

    @Override
    public Counts counts() {
        return counts;
    }

    @Override
    public OptionalLong durationMicros() {
        return durationMicros;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            kill();
            watchdog.end(() -> reader.ifPresent(PictureReader::close));
        }
    }
}
