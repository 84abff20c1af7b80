package io.unmask.model.spec;

import java.util.Map;
import java.util.Optional;

/**
 * {@code model.json} of a model directory: everything that is known of the model beside its weights.
 *
 * @param digest SHA-256 over the SavedModel's files, by name in order
 * @param calibration absent until calibrated: the service then refuses the model
 * @param outOfDistribution absent when the model does not tell how unlike the training faces a face is
 * @param trainingDigest SHA-256 of the training manifest
 * @param settings the training settings in force
 * @param metrics what evaluation gave, as in {@code validation.auc}
 * @param facts free lines for people: data, licence, limits, command
 */
public record ModelCard(
        String name,
        String version,
        String digest,
        ModelSpec spec,
        Optional<Calibration> calibration,
        Optional<OutOfDistribution> outOfDistribution,
        String trainingDigest,
        long seed,
        String codeVersion,
        Map<String, Object> settings,
        Map<String, Double> metrics,
        Map<String, String> facts) {

    public static final String FILE = "model.json";

    public ModelCard {
        settings = Map.copyOf(settings);
        metrics = Map.copyOf(metrics);
        facts = Map.copyOf(facts);
    }
}
