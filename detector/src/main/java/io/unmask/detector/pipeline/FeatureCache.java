package io.unmask.detector.pipeline;

import io.unmask.ingest.clip.FaceSample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The encodings of one stream's face frames for as long as a later clip can need them. Overlapping clips share samples
 * by {@link FaceSample#sequence}; what precedes the next clip's start is dropped. Not thread-safe.
 */
final class FeatureCache {
    private static final float[] PENDING = {};

    private final int hop;
    private final Map<Integer, Map<Long, float[]>> byTrack = new HashMap<>();

    /** @param hop samples between the starts of a track's clips */
    FeatureCache(int hop) {
        this.hop = hop;
    }

    /** Whether the caller is the first to meet the sample, and so has to {@link #put} its features. */
    boolean reserve(int trackId, FaceSample sample) {
        return byTrack.computeIfAbsent(trackId, id -> new HashMap<>()).putIfAbsent(sample.sequence(), PENDING) == null;
    }

    void put(int trackId, FaceSample sample, float[] features) {
        byTrack.get(trackId).put(sample.sequence(), features);
    }

    /** Features by sample, shape {@code [t][D]}; every sample must be here. */
    float[][] clip(int trackId, List<FaceSample> samples) {
        Map<Long, float[]> track = byTrack.getOrDefault(trackId, Map.of());
        float[][] features = new float[samples.size()][];
        for (int i = 0; i < features.length; i++) {
            features[i] = track.get(samples.get(i).sequence());
            if (features[i] == null || features[i] == PENDING) {
                throw new IllegalStateException("sample " + samples.get(i).sequence() + " was not encoded");
            }
        }
        return features;
    }

    /** Forgets what no clip after this one can need. */
    void retire(int trackId, List<FaceSample> clip) {
        Map<Long, float[]> track = byTrack.get(trackId);
        if (track == null) {
            return;
        }
        long needed = clip.size() > hop
                ? clip.get(hop).sequence()
                : clip.get(clip.size() - 1).sequence() + 1;
        // Later clips of the track may be here already, when they are of the same batch.
        track.keySet().removeIf(sequence -> sequence < needed);
    }

    void forget(int trackId) {
        byTrack.remove(trackId);
    }

    /** Encodings held, over all tracks. */
    int size() {
        return byTrack.values().stream().mapToInt(Map::size).sum();
    }
}
