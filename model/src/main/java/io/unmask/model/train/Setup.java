package io.unmask.model.train;

import io.unmask.config.TrainSettings;
import io.unmask.model.data.FaceCache;
import io.unmask.model.evaluate.ScoredFaces;
import io.unmask.model.forge.Augmenter;
import io.unmask.model.forge.Forger;
import io.unmask.model.graph.AdamUpdate;
import io.unmask.model.graph.Architecture;
import io.unmask.model.graph.FrameEncoder;
import io.unmask.model.graph.Loss;
import io.unmask.model.graph.MobileNetV2;
import io.unmask.model.graph.TemporalHead;
import io.unmask.model.graph.TextureEncoder;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelDigest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** What a training and an export have in common: the network, its data, and what is written in the end. */
record Setup(Training.Request request, TrainSettings settings, Training.Context context) {
    /** Clips of the validation data that are judged at once. */
    private static final int CLIPS_JUDGED = 8;

    BatchMaker maker(TrainingData data) {
        var augmenter = new Augmenter(settings.inputSize(), settings.framingJitter(), settings.augmentStrength());
        var plan = new BatchMaker.Plan(
                settings.batchClips(),
                framesLearnt(),
                settings.selfBlendShare(),
                settings.labelSmoothing(),
                settings.labelWeights(),
                settings.seed());
        var drawing = settings.labels().equals(Training.DETECTOR)
                ? new PairDrawing(data.train(), new Forger(), augmenter, plan)
                : new ClassDrawing(data.train(), settings.labels(), augmenter, plan);
        return new BatchMaker(drawing, plan, settings.inputSize());
    }

    private int framesLearnt() {
        int chosen = settings.labels().equals(Training.DETECTOR) ? 1 : settings.frames();
        return settings.learnFrames() == 0 ? chosen : settings.learnFrames();
    }

    Architecture architecture() {
        return new Architecture(
                encoder(),
                settings.inputSize(),
                settings.frames(),
                settings.recurrentUnits(),
                settings.labels().size());
    }

    private FrameEncoder encoder() {
        return settings.encoderWidths().isEmpty() ? new MobileNetV2() : new TextureEncoder(settings.encoderWidths());
    }

    TrainStep.Settings stepSettings() {
        Predicate<String> frozen = settings.freeze().map(Pattern::asPredicate).orElse(name -> false);
        if (framesLearnt() == 1 && settings.frames() > 1) {
            frozen = frozen.or(TemporalHead::isRecurrent);
        }
        var adam = new AdamUpdate.Settings(
                settings.beta1(), settings.beta2(), settings.epsilon(), settings.weightDecay(), settings.clipNorm());
        return new TrainStep.Settings(
                framesLearnt(), new Loss(settings.frameLossShare()), adam, frozen, settings.threads());
    }

    TrainingData load() throws IOException {
        var cache =
                FaceCache.forTraining(context.cache(), context.service(), settings.inputSize(), settings.cropScale());
        return TrainingData.load(
                new TrainingData.Sources(
                        request.videos(),
                        request.faces(),
                        request.leftOut(),
                        !request.calibrateBy().isEmpty()),
                settings.labels(),
                cache,
                context.progress()::skipped);
    }

    Validator validator(TrainingData data) {
        return new Validator(
                data.validation(),
                settings.inputSize(),
                settings.frames(),
                CLIPS_JUDGED,
                settings.labels(),
                Optional.empty());
    }

    /** Writes the model directory of trained weights. */
    ModelCard finish(TrainStep step, Validator validator, TrainingData data, long done) throws IOException {
        var judge = settings.distributionFrames() == 0
                ? validator
                : validator.with(FamiliarFrames.distribution(step, data.train(), settings));
        writeWeights(step, judge.familiar(), done);
        if (!request.leftOut().isEmpty()) {
            ScoredFaces.write(judge.samples(step), request.out().resolve(LeftOut.FILE));
        }
        return new ModelWriter(request, settings, architecture(), settings.labels(), context)
                .write(step, judge, data.digest(), done);
    }

    private void writeWeights(TrainStep step, Optional<FeatureDistribution> familiar, long done) throws IOException {
        var shapes = new HashMap<>(step.shapes());
        var values = step.averagedWeights();
        familiar.ifPresent(faces -> {
            shapes.putAll(faces.shapes());
            values.putAll(faces.weights());
        });
        new Checkpoint(done, facts(), shapes, values).write(request.out().resolve(ModelDigest.WEIGHTS));
    }

    /** What a checkpoint must agree on with the run that goes on from it, by the names of the settings. */
    Map<String, String> facts() {
        var widths = settings.encoderWidths().stream().map(String::valueOf).toList();
        return Map.of(
                "architecture",
                architecture().name(),
                "encoder-widths",
                String.join(", ", widths),
                "input-size",
                "" + settings.inputSize(),
                WarmStart.FRAMES,
                "" + settings.frames(),
                "recurrent-units",
                "" + settings.recurrentUnits(),
                "classes",
                "" + settings.labels().size(),
                "seed",
                "" + settings.seed());
    }
}
