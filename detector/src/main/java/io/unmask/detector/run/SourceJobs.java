package io.unmask.detector.run;

import io.unmask.config.Settings;
import io.unmask.detector.pipeline.StreamIdentity;
import io.unmask.detector.pipeline.StreamJob;
import io.unmask.ingest.IngestSession;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import java.time.Clock;

/**
 * Makes the pipeline's jobs from sources.
 *
 * @param atOnce how many sources are read at the same time
 */
public record SourceJobs(Settings settings, CropSpec crop, int atOnce, Clock clock) {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    /** FFmpeg advises against more threads for one decoder. */
    private static final int MAX_DECODER_THREADS = 16;

    /** How many files are read at the same time. */
    static int filesAtOnce(int files) {
        return Math.max(1, Math.min(files, CORES));
    }

    public StreamJob job(SourceUri source) {
        Settings reading = reading(source);
        return new StreamJob(
                source.redacted(),
                source.isLive(),
                () -> StreamIdentity.of(source, clock),
                listener -> StreamJob.Reader.of(new IngestSession(source, reading, crop, listener)));
    }

    /**
     * The settings for one of several sources. Each file's decoder gets its share of the cores as threads, because more threads
     * would wait for each other and for the processor's caches. A live source keeps its threads, because it must keep up.
     */
    Settings reading(SourceUri source) {
        if (settings.source().decoderThreads() > 0 || atOnce == 1 || source.isLive()) {
            return settings;
        }
        return settings.withDecoderThreads(Math.max(1, Math.min(MAX_DECODER_THREADS, CORES / atOnce)));
    }
}
