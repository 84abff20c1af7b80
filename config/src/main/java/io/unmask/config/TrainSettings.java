package io.unmask.config;

import java.util.List;
import java.util.Optional;

/**
 * Hyper-parameters of a training run, all at the top level. Defaults and explanations stand in {@code train.yaml}.
 * Immutable.
 *
 * @param seed of initial weights, order, forgeries and cameras: the same seed gives the same run
 * @param inputSize side of the crop that the network sees, a multiple of 32
 * @param frames in a clip; 1 trains the encoder on single crops
 * @param sampleFps frames a second at which videos are cut
 * @param cropScale side of the crop over the side of the face box
 * @param encoderWidths channels of the encoder's stages
 * @param recurrentUnits size of the recurrent state
 * @param batchClips clips in a batch, half of them fake
 * @param steps updates in all
 * @param warmupSteps over which the rate rises
 * @param learningRate highest rate
 * @param finalLearningRate rate at the end
 * @param weightDecay decoupled, on kernels only
 * @param beta1 decay of Adam's first moment
 * @param beta2 decay of Adam's second moment
 * @param epsilon of Adam's division
 * @param clipNorm largest global norm of the gradient
 * @param averageDecay of the running average of the weights that is evaluated and exported
 * @param frameLossShare weight of the frames' own loss beside the clip's
 * @param labelSmoothing taken from the true label
 * @param selfBlendShare share of the fakes that are forged from authentic faces
 * @param augmentStrength share of pictures that a camera's disturbance befalls
 * @param framingJitter by which the crop varies
 * @param freeze regular expression of layers that stay as they are
 * @param evaluateSteps between two looks at the validation data
 * @param patience looks without a better AUC after which training stops; 0 never stops early
 * @param checkpointSteps between two checkpoints
 * @param loaderThreads that make batches
 * @param threads of TensorFlow; 0 lets it choose; 1 makes a run repeatable to the bit
 * @param falseAlarmRate that the threshold is set for
 */
public record TrainSettings(
        long seed,
        int inputSize,
        int frames,
        double sampleFps,
        double cropScale,
        List<Integer> encoderWidths,
        int recurrentUnits,
        int batchClips,
        long steps,
        long warmupSteps,
        double learningRate,
        double finalLearningRate,
        double weightDecay,
        double beta1,
        double beta2,
        double epsilon,
        double clipNorm,
        double averageDecay,
        double frameLossShare,
        double labelSmoothing,
        double selfBlendShare,
        double augmentStrength,
        double framingJitter,
        Optional<String> freeze,
        long evaluateSteps,
        int patience,
        long checkpointSteps,
        int loaderThreads,
        int threads,
        double falseAlarmRate) {}
