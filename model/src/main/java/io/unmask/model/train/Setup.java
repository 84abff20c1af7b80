package io.unmask.model.train;

import io.unmask.config.TrainSettings;
import io.unmask.model.data.FaceCache;
import io.unmask.model.data.TrainingData;
import io.unmask.model.evaluate.ScoredFaces;
import io.unmask.model.forge.Augmenter;
import io.unmask.model.forge.Forger;
import io.unmask.model.spec.Labels;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelDigest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a training and an export have in common: the network, its data, and what is written in the end. */
record Setup(Training.Request request, TrainSettings settings, Training.Context context) {
    /** Clips of the validation data that are judged at once. */
    private static final int CLIPS_JUDGED = 8;

    Setup {
        Labels.problem(settings.labels()).ifPresent(problem -> {
            throw new TrainingException("labels = " + settings.labels() + ": " + problem);
        });
        if (!request.calibrateBy().isEmpty() && !settings.labels().equals(Training.DETECTOR)) {
            throw new TrainingException("--calibrate-by is for the labels " + Training.DETECTOR
                    + ": others are calibrated on the validation faces");
        }
    }

    Path checkpoint() {
        return request.out().resolve(Checkpoint.FILE);
    }

    /** The file of the weights with the best evaluation. */
    Path best() {
        return request.out().resolve("best.safetensors");
    }

    /** Makes the folder of a training unless it is there, and opens the file in it that {@link #lock} locks. */
    static FileChannel openLockFile(Path out) throws IOException {
        Files.createDirectories(out);
        return FileChannel.open(out.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    /** Keeps other trainings away from {@code out} while the channel is open. */
    FileLock lock(FileChannel channel) throws IOException {
        try {
            var lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            // Another training of this process holds the lock, which is told below like one of another process.
        }
        throw new TrainingException(request.out() + ": another training writes here; give another --out");
    }

    /** The facts that are stored with weights. A network for which one of them differs cannot take the weights. */
    Map<String, String> facts() {
        var facts = new LinkedHashMap<>(network().facts());
        facts.put("labels", settings.labels().toString());
        return facts;
    }

    /** The network, without its data. */
    NetworkPlan network() {
        return new NetworkPlan(settings);
    }

    BatchMaker maker(TrainingData data) {
        var augmenter = new Augmenter(settings.inputSize(), settings.framingJitter(), settings.augmentStrength());
        var plan = new BatchMaker.Plan(
                settings.batchClips(),
                network().framesLearnt(),
                network().architecture().places(),
                settings.selfBlendShare(),
                settings.labelSmoothing(),
                settings.labelWeights(),
                settings.seed());
        var drawing = settings.labels().equals(Training.DETECTOR)
                ? new PairDrawing(data.train(), new Forger(), augmenter, plan)
                : new ClassDrawing(data.train(), settings.labels(), augmenter, plan);
        return new BatchMaker(drawing, plan, settings.inputSize());
    }

    TrainingData load() throws IOException, InterruptedException {
        var cache =
                FaceCache.forTraining(context.cache(), context.service(), settings.inputSize(), settings.cropScale());
        var data = TrainingData.load(
                new TrainingData.Sources(
                        request.videos(),
                        request.faces(),
                        request.leftOut(),
                        !request.calibrateBy().isEmpty()),
                settings.labels(),
                cache,
                context.progress()::skipped,
                context.stopped());
        return settings.labels().equals(Training.DETECTOR)
                ? new TrainingData(data.train(), ForgedCrops.withFakes(data.validation()), data.digest())
                : data;
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

    /**
     * Writes the model directory of trained weights.
     *
     * @param done steps of the whole run; a checkpoint of more steps is newer than these weights
     * @param told facts for its card that the settings do not tell
     */
    ModelCard finish(TrainStep step, Validator validator, TrainingData data, long done, Map<String, String> told)
            throws IOException {
        var judge = settings.distributionFrames() == 0
                ? validator
                : validator.with(FamiliarFrames.distribution(step, data.train(), settings));
        writeWeights(step, judge.familiar(), done);
        if (!request.leftOut().isEmpty() && settings.labels().equals(Training.DETECTOR)) {
            ScoredFaces.write(judge.samples(step), request.out().resolve(LeftOut.FILE));
        }
        return new ModelWriter(request, settings, network().architecture(), settings.labels(), context)
                .write(step, judge, data.digest(), told);
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
}
