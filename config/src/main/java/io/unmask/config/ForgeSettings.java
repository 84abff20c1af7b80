package io.unmask.config;

import io.unmask.config.Constraints.AtMost;
import io.unmask.config.Constraints.MultipleOf;
import io.unmask.config.Constraints.Range;

/**
 * How authentic faces are passed through decoders; {@code forge.yaml} explains each key and holds its default. Immutable.
 */
public record ForgeSettings(
        long seed,
        @Range(min = 1, max = 1000) int perPerson,
        @Range(min = 32, max = 1024) @AtMost("largestSide") int smallestSide,
        @Range(min = 32, max = 1024) int largestSide,
        @Range(min = 0, max = 1) double mouthShare,
        @Range(min = 0, max = 1) double headShare,
        @Range(min = 1, max = 1e6) int persons,
        @Range(min = 1, max = 1e9) long learnSteps,
        @Range(min = 1, max = 4096) int learnBatch,
        @Range(min = 32, max = 1024) @MultipleOf(8) @AtMost("smallestSide") int learnSide,
        @Range(min = 0.1, max = 60) double sampleFps) {

    /** The loader of these settings. */
    public static SettingsLoader<ForgeSettings> loader() {
        return SettingsLoader.of(ForgeSettings.class, "forge.yaml", "UNMASK_FORGE_");
    }
}
