package io.unmask.model.train;

import io.unmask.config.Settings;
import io.unmask.config.TrainSettings;
import io.unmask.ingest.clip.RgbFrame;
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
import io.unmask.model.image.Pictures;
import io.unmask.model.runtime.TensorFlowRuntime;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelDigest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Trains a detector on a user's data and writes its model directory. Runs on the caller's thread. */
public final class Training {
    private static final int BATCHES_AHEAD = 6;
    /** Clips of the validation data that are judged at once. */
    private static final int CLIPS_JUDGED = 8;

    private static final String BEST = "best.safetensors";
    /** The labels of a detector. Others make a classifier of something else, which the service does not take. */
    static final List<String> DETECTOR = List.of("real", "fake");

    private final Request request;
    private final TrainSettings settings;
    private final Context context;

    /**
     * What to train on, and where to.
     *
     * @param videos manifests or folders of videos and pictures in which faces are searched
     * @param faces manifests or folders of pictures that are face crops already
     * @param out the model directory to be; also holds the checkpoint
     * @param from model directories or those of unfinished trainings: the training starts from the mean of their weights
     * @param leftOut folds of the manifests that are only judged by
     * @param calibrateBy folders of trainings that left folds out. This model then learns from all folds and is calibrated
     *     by their scores
     * @param resume whether to go on from the checkpoint in {@code out}
     * @param name of the model
     */
    public record Request(
            List<Path> videos,
            List<Path> faces,
            Path out,
            List<Path> from,
            Set<String> leftOut,
            List<Path> calibrateBy,
            boolean resume,
            ModelName name) {}

    /** What the model calls itself in its card, and so in every verdict. */
    public record ModelName(String name, String version) {}

    /**
     * What a run is given.
     *
     * @param service settings by which faces are found, as serving finds them
     * @param cache folder for faces that are cut out of videos
     * @param loaders makes batches; not closed here
     * @param stopped says whether the user wants to stop: a checkpoint is written, and the model too
     */
    public record Context(
            Settings service,
            Path cache,
            ExecutorService loaders,
            Clock clock,
            Progress progress,
            BooleanSupplier stopped) {}

    public Training(Request request, TrainSettings settings, Context context) {
        this.request = request;
        this.settings = settings;
        this.context = context;
    }

    /**
     * Runs to the end.
     *
     * @return the card of the model that was written
     * @throws TrainingException when training cannot start or go on
     * @throws IOException when data cannot be read or the model cannot be written
     */
    public ModelCard run() throws IOException, InterruptedException {
        TensorFlowRuntime.ensureLoaded();
        Files.createDirectories(request.out());
        try (var channel = FileChannel.open(
                        request.out().resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = lock(channel);
                var board = new TensorBoardLog(request.out(), context.clock(), context.progress());
                var log = new MetricsLog(request.out(), board);
                var step = new TrainStep(architecture(), stepSettings())) {
            var data = load();
            if (settings.labels().equals(DETECTOR)) {
                DataCheck.limits(data.train()).forEach(log::limited);
            }
            long done = start(step);
            var validator = new Validator(
                    data.validation(),
                    settings.inputSize(),
                    settings.frames(),
                    CLIPS_JUDGED,
                    settings.labels(),
                    Optional.empty());
            board.graph(step.graphDef());
            var maker = maker(data);
            board.picture("train/batch", sheet(maker));
            try (var batches = new BatchLoader(maker, context.loaders(), BATCHES_AHEAD, done)) {
                var run = new Trainer.Run(
                        settings, checkpoint(), request.out().resolve(BEST), facts(), log, context.stopped());
                done = new Trainer(step, batches, validator, run).train(done);
            }
            if (settings.distributionFrames() > 0) {
                validator = validator.with(FamiliarFrames.distribution(step, data.train(), settings));
            }
            writeWeights(step, validator.familiar(), done);
            if (!request.leftOut().isEmpty()) {
                ScoredFaces.write(validator.samples(step), request.out().resolve(LeftOut.FILE));
            }
            return new ModelWriter(request, settings, architecture(), settings.labels(), context)
                    .write(step, validator, data.digest(), done);
        }
    }

    /**
     * Writes the first batch as a PNG, instead of learning from it.
     *
     * @throws IOException when data cannot be read or the picture cannot be written
     */
    public void sheet(Path png) throws IOException, InterruptedException {
        TensorFlowRuntime.ensureLoaded();
        Pictures.write(sheet(maker(load())), png);
    }

    private RgbFrame sheet(BatchMaker maker) {
        return ContactSheet.of(maker.make(0), settings.inputSize());
    }

    private BatchMaker maker(TrainingData data) {
        var augmenter = new Augmenter(settings.inputSize(), settings.framingJitter(), settings.augmentStrength());
        var plan = new BatchMaker.Plan(
                settings.batchClips(),
                framesLearnt(),
                settings.selfBlendShare(),
                settings.labelSmoothing(),
                settings.labelWeights(),
                settings.seed());
        var drawing = settings.labels().equals(DETECTOR)
                ? new PairDrawing(data.train(), new Forger(), augmenter, plan)
                : new ClassDrawing(data.train(), settings.labels(), augmenter, plan);
        return new BatchMaker(drawing, plan, settings.inputSize());
    }

    private int framesLearnt() {
        int chosen = settings.labels().equals(DETECTOR) ? 1 : settings.frames();
        return settings.learnFrames() == 0 ? chosen : settings.learnFrames();
    }

    private Architecture architecture() {
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

    private TrainStep.Settings stepSettings() {
        Predicate<String> frozen = settings.freeze().map(Pattern::asPredicate).orElse(name -> false);
        if (framesLearnt() == 1 && settings.frames() > 1) {
            frozen = frozen.or(TemporalHead::isRecurrent);
        }
        var adam = new AdamUpdate.Settings(
                settings.beta1(), settings.beta2(), settings.epsilon(), settings.weightDecay(), settings.clipNorm());
        return new TrainStep.Settings(
                framesLearnt(), new Loss(settings.frameLossShare()), adam, frozen, settings.threads());
    }

    private FileLock lock(FileChannel channel) throws IOException {
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

    private TrainingData load() throws IOException {
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

    private Path checkpoint() {
        return request.out().resolve(Checkpoint.FILE);
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
    private Map<String, String> facts() {
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

    /** Gives the step its first weights and says how many steps they have behind them. */
    private long start(TrainStep step) throws IOException {
        if (request.resume()) {
            var checkpoint = Checkpoint.read(checkpoint());
            if (!checkpoint.facts().equals(facts())) {
                throw new TrainingException(checkpoint() + " is of another run: it has " + checkpoint.facts()
                        + ", this run has " + facts() + "; start anew in another --out");
            }
            if (!checkpoint.values().keySet().equals(step.shapes().keySet())) {
                throw new TrainingException(checkpoint()
                        + " is of a run that trained other layers; give the freeze and learn-frames that it had");
            }
            step.assign(checkpoint.values());
            return checkpoint.step();
        }
        if (Files.exists(checkpoint())) {
            throw new TrainingException(
                    checkpoint() + " is there already: --resume goes on, another --out starts anew");
        }
        step.initialise(settings.seed());
        if (!request.from().isEmpty()) {
            step.assign(WarmStart.of(request.from(), step.shapes(), settings.frames()));
        }
        return 0;
    }
}
