package io.unmask.config;

import io.unmask.config.Constraints.AtMost;
import io.unmask.config.Constraints.Distinct;
import io.unmask.config.Constraints.Matches;
import io.unmask.config.Constraints.MinItems;
import io.unmask.config.Constraints.MultipleOf;
import io.unmask.config.Constraints.OneForEach;
import io.unmask.config.Constraints.Range;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Hyper-parameters of a training run, all at the top level; {@code train.yaml} explains each key and holds its default.
 * Immutable.
 *
 * @param encoderWidths channels of a small encoder's stages; MobileNetV2 when empty
 */
public record TrainSettings(
        long seed,
        @MinItems(2) @Distinct @Matches(pattern = "[a-z0-9_-]+", says = "small letters, digits, _ and -")
                List<String> labels,
        @Range(min = 0.001, max = 1e6) @OneForEach("labels") List<Double> labelWeights,
        @Range(min = 32, max = 512) @MultipleOf(32) int inputSize,
        @Range(min = 1, max = 64) int frames,
        @Range(min = 0, max = 64) @AtMost("frames") int learnFrames,
        @Range(min = 0.1, max = 60) double sampleFps,
        @Range(min = 0.5, max = 3) double cropScale,
        @MinItems(0) @Range(min = 1, max = 4096) List<Integer> encoderWidths,
        @Range(min = 0, max = 4096) int recurrentUnits,
        @Range(min = 2, max = 4096) int batchClips,
        @Range(min = 1, max = 1e9) long steps,
        @Range(min = 1, max = 1e9) @AtMost("steps") long warmupSteps,
        @Range(min = 1e-8, max = 10) double learningRate,
        @Range(min = 0, max = 10) @AtMost("learningRate") double finalLearningRate,
        @Range(min = 0, max = 10) double weightDecay,
        @Range(min = 0, max = 1000) double proximalWeight,
        @Range(min = 0, max = 0.99999) double beta1,
        @Range(min = 0, max = 0.99999) double beta2,
        @Range(min = 0, max = 1) double epsilon,
        @Range(min = 1e-6, max = 1e9) double clipNorm,
        @Range(min = 0, max = 1) double averageDecay,
        @Range(min = 0, max = 100) double frameLossShare,
        @Range(min = 0, max = 1) double pairLossShare,
        @Range(min = 0, max = 100) double maskLossShare,
        @Range(min = 0, max = 0.9) double labelSmoothing,
        @Range(min = 0, max = 1) double selfBlendShare,
        @Range(min = 0, max = 1) double augmentStrength,
        @Range(min = 0, max = 0.5) double framingJitter,
        Optional<Pattern> freeze,
        @Range(min = 1, max = 1e9) long evaluateSteps,
        @Range(min = 0, max = 1e6) int patience,
        @Range(min = 1, max = 1e9) long checkpointSteps,
        @Range(min = 1, max = 64) int loaderThreads,
        @Range(min = 0, max = 256) int threads,
        @Range(min = 0, max = 0.5) double falseAlarmRate,
        @Range(min = 0, max = 100_000) int distributionFrames,
        @Range(min = 0, max = 0.5) double outOfDistributionRate) {

    /** Every value as text, by its key; an absent one is an empty text. */
    public Map<String, String> byKey() {
        Map<String, String> values = new LinkedHashMap<>();
        for (RecordComponent component : TrainSettings.class.getRecordComponents()) {
            try {
                Object value = component.getAccessor().invoke(this);
                values.put(SettingKey.kebab(component.getName()), SettingKey.textOf(value));
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a record's accessor is public", e);
            }
        }
        return values;
    }

    /** The loader of these settings. */
    public static SettingsLoader<TrainSettings> loader() {
        return SettingsLoader.of(TrainSettings.class, "train.yaml", "UNMASK_TRAIN_");
    }
}
