package io.unmask.model.train;

import io.unmask.config.Settings;
import io.unmask.config.TrainSettings;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.DataCheck;
import io.unmask.model.data.TrainingData;
import io.unmask.model.image.Pictures;
import io.unmask.model.runtime.TensorFlowRuntime;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;

/** Trains a model on a user's data and writes its model directory. Runs on the caller's thread. */
public final class Training {
    private static final int BATCHES_AHEAD = 6;
    /** The labels of a detector. Others make a classifier of something else. */
    static final List<String> DETECTOR = ModelSpec.DETECTOR_LABELS;

    private final Request request;
    private final TrainSettings settings;
    private final Context context;
    private final Setup setup;

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
     * @param stopped says whether the user wants to stop: a checkpoint is written then, and no model
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
        setup = new Setup(request, settings, context);
    }

    /** Fails in the beginning, and not hours later, when the scores to calibrate by cannot be read. */
    private void requireLeftOut() throws IOException {
        if (!request.calibrateBy().isEmpty()) {
            LeftOut.read(request.calibrateBy());
        }
    }

    /**
     * Runs to the end.
     *
     * @return the card of the model that was written; empty when the user stopped it before, and then there is a checkpoint
     * @throws TrainingException when training cannot start or go on
     * @throws IOException when data cannot be read or the model cannot be written
     */
    public Optional<ModelCard> run() throws IOException, InterruptedException {
        requireLeftOut();
        TensorFlowRuntime.ensureLoaded();
        try (var channel = Setup.openLockFile(request.out());
                var lock = setup.lock(channel);
                var board = new TensorBoardLog(request.out(), context.clock(), context.progress());
                var log = new MetricsLog(request.out(), board);
                var step = new TrainStep(
                        setup.network().architecture(), setup.network().stepSettings())) {
            var start = start(step); // before the faces are cut, which may take hours
            var data = setup.load();
            var facts = start.facts(data, setup.checkpoint());
            if (settings.labels().equals(DETECTOR)) {
                DataCheck.limits(data.train(), data.validation()).forEach(log::limited);
            }
            var validator = setup.validator(data);
            board.graph(step.graphDef());
            var maker = setup.maker(data);
            board.picture("train/batch", sheet(maker));
            try (var batches = new BatchLoader(maker, context.loaders(), BATCHES_AHEAD, start.done())) {
                var run = new Trainer.Run(
                        Pace.of(settings), setup.checkpoint(), setup.best(), facts, log, context.stopped());
                var trained = new Trainer(step, batches, validator, run).train(start.done());
                if (context.stopped().getAsBoolean()) {
                    return Optional.empty();
                }
                return Optional.of(setup.finish(step, validator, data, trained.done(), steps(trained.kept())));
            }
        }
    }

    /**
     * Makes a model of the weights in {@code from} without training them. For the mean of several, the statistics of batch
     * normalisation are estimated anew on batches of the training data: the mean of the networks' statistics is not that of
     * the network with their mean weights.
     *
     * @param statisticsSteps batches for that
     * @return the card of the model that was written; empty when the user stopped it before
     * @throws TrainingException when the weights are not of this network
     * @throws IOException when data cannot be read or the model cannot be written
     */
    public Optional<ModelCard> export(int statisticsSteps) throws IOException, InterruptedException {
        requireLeftOut();
        TensorFlowRuntime.ensureLoaded();
        try (var channel = Setup.openLockFile(request.out());
                var lock = setup.lock(channel);
                var step = new TrainStep(
                        setup.network().architecture(), setup.network().stepSettings())) {
            step.initialise(settings.seed());
            step.assign(WarmStart.whole(request.from(), step.shapes(), setup.facts()));
            var data = setup.load();
            if (request.from().size() > 1) {
                estimateStatistics(step, data, statisticsSteps);
            }
            if (context.stopped().getAsBoolean()) {
                return Optional.empty();
            }
            long done = WarmStart.steps(request.from());
            return Optional.of(setup.finish(step, setup.validator(data), data, done, steps(done)));
        }
    }

    /** A step whose rate is 0 moves the statistics of batch normalisation and nothing else. */
    private void estimateStatistics(TrainStep step, TrainingData data, int steps)
            throws IOException, InterruptedException {
        try (var batches = new BatchLoader(setup.maker(data), context.loaders(), BATCHES_AHEAD, 0)) {
            for (int i = 1; i <= steps && !context.stopped().getAsBoolean(); i++) {
                step.run(batches.next(), i, 0, 1);
            }
        }
    }

    /**
     * Writes the first batch as a PNG, instead of learning from it.
     *
     * @throws IOException when data cannot be read or the picture cannot be written
     */
    public void sheet(Path png) throws IOException, InterruptedException {
        TensorFlowRuntime.ensureLoaded();
        Pictures.write(sheet(setup.maker(setup.load())), png);
    }

    private RgbFrame sheet(BatchMaker maker) {
        return ContactSheet.of(maker.make(0), settings.inputSize());
    }

    private static Map<String, String> steps(long done) {
        return Map.of("Steps", Long.toString(done));
    }

    /**
     * Where a run begins.
     *
     * @param done steps that were done before
     * @param recipe of the run, without its data
     * @param resumed facts of the checkpoint that the run goes on from, if any
     */
    private record Start(long done, Map<String, String> recipe, Optional<Map<String, String>> resumed) {

        /**
         * The facts for the run's checkpoints.
         *
         * @throws TrainingException when the run that it goes on from had other data
         */
        Map<String, String> facts(TrainingData data, Path checkpoint) {
            var facts = RunRecipe.on(data.digest(), recipe);
            resumed.ifPresent(began -> RunRecipe.requireSame(checkpoint, began, facts));
            return facts;
        }
    }

    /** Gives the step its first weights. */
    private Start start(TrainStep step) throws IOException {
        Path file = setup.checkpoint();
        var recipe = RunRecipe.of(setup);
        if (request.resume()) {
            if (!Files.exists(file)) {
                throw new TrainingException(request.out() + " has no checkpoint yet: start without --resume");
            }
            var checkpoint = Checkpoint.read(file);
            RunRecipe.requireSame(file, checkpoint.facts(), recipe).forEach(context.progress()::changed);
            step.assign(checkpoint.values());
            return new Start(checkpoint.step(), recipe, Optional.of(checkpoint.facts()));
        }
        if (Files.exists(file)) {
            throw new TrainingException(file + " is there already: --resume goes on, another --out starts anew");
        }
        step.initialise(settings.seed());
        if (!request.from().isEmpty()) {
            step.assign(WarmStart.of(request.from(), step.shapes(), settings.frames()));
        }
        step.variables().anchor();
        return new Start(0, recipe, Optional.empty());
    }
}
