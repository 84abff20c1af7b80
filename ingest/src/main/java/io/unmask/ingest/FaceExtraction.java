package io.unmask.ingest;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The faces of one video or still picture, cut just as the service cuts them; training sees what serving will see.
 *
 * @param tracks each face's samples by time; all crops are in memory, {@code 3 * size * size} bytes each
 * @param failure why the source could not be read to its end; what was cut before stands in {@code tracks}
 */
public record FaceExtraction(List<List<FaceSample>> tracks, Optional<String> failure) {

    /** Reads the source to its end in the caller's thread. */
    public static FaceExtraction of(SourceUri source, Settings settings, CropSpec crop) {
        // Clips overlap and share their samples: the sequence tells them apart and sorts them.
        TreeMap<Integer, TreeMap<Long, FaceSample>> byTrack = new TreeMap<>();
        List<String> failures = new ArrayList<>();
        IngestListener collector = event -> {
            if (event instanceof FaceClip clip) {
                TreeMap<Long, FaceSample> track = byTrack.computeIfAbsent(clip.trackId(), none -> new TreeMap<>());
                clip.samples().forEach(sample -> track.put(sample.sequence(), sample));
            } else if (event instanceof SourceEnded end) {
                end.failure().ifPresent(failures::add);
            }
        };
        new IngestSession(source, settings, crop, collector).run();
        return new FaceExtraction(
                byTrack.values().stream()
                        .map(track -> List.copyOf(track.values()))
                        .toList(),
                failures.stream().findFirst());
    }
}
