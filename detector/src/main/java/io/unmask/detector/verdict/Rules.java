package io.unmask.detector.verdict;

import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * What every stream is judged by.
 *
 * @param hop samples between the starts of a track's clips
 */
public record Rules(VerdictPolicy policy, VerdictIds ids, Verdict.Model model, int hop, Clock clock, Terms terms) {

    /**
     * What the rules are made of beside the model, for a process that makes the same ones.
     *
     * @param settings those that a verdict depends on, by key
     * @param faceModelDigest of the face detector's file, when it is not the one that ships
     */
    public record Terms(Map<String, String> settings, Optional<String> faceModelDigest) {
        public Terms {
            settings = Map.copyOf(settings);
        }
    }
}
