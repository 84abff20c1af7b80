package io.unmask.ingest;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Cuts the faces out of one video just as the service does, so that training sees what serving will see. */
public final class FaceExtraction {

    /** Takes the faces while the video is read, so that the faces of a long video are never in memory together. */
    public interface Sink {
        /**
         * Takes the next samples of a track: each sample once, and by time.
         *
         * @throws IOException when they cannot be kept; the video is read no further then
         */
        void take(int track, List<FaceSample> samples) throws IOException;
    }

    private FaceExtraction() {}

    /**
     * Reads the source to its end in the caller's thread.
     *
     * @return why it could not be read to its end; what was cut before that was handed to the sink
     * @throws IOException what the sink threw
     */
    public static Optional<String> run(SourceUri source, Settings settings, CropSpec crop, Sink sink)
            throws IOException {
        var collector = new Collector(sink);
        try {
            new IngestSession(source, settings, crop, collector).run();
        } catch (UncheckedIOException e) {
            if (collector.refused.isEmpty()) {
                throw e;
            }
        }
        if (collector.refused.isPresent()) {
            throw collector.refused.get();
        }
        return collector.failure;
    }

    private static final class Collector implements IngestListener {
        private final Sink sink;
        /** The last sequence that was handed over, by track. */
        private final Map<Integer, Long> taken = new HashMap<>();

        private Optional<IOException> refused = Optional.empty();
        private Optional<String> failure = Optional.empty();

        private Collector(Sink sink) {
            this.sink = sink;
        }

        @Override
        public void event(IngestEvent event) {
            if (event instanceof FaceClip clip && refused.isEmpty()) {
                take(clip);
            } else if (event instanceof SourceEnded end) {
                failure = end.failure();
            }
        }

        /** Hands over the samples that no earlier clip of the track had: clips overlap. */
        private void take(FaceClip clip) {
            long last = taken.getOrDefault(clip.trackId(), -1L);
            var fresh = clip.samples().stream()
                    .filter(sample -> sample.sequence() > last)
                    .toList();
            if (fresh.isEmpty()) {
                return;
            }
            taken.put(clip.trackId(), fresh.get(fresh.size() - 1).sequence());
            try {
                sink.take(clip.trackId(), fresh);
            } catch (IOException e) {
                refused = Optional.of(e);
                throw new UncheckedIOException(e); // which ends the session
            }
        }
    }
}
