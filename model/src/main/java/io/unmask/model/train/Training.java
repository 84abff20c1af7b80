package io.unmask.model.train;

import io.unmask.config.Settings;
import io.unmask.config.TrainSettings;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.face.CropSpec;
import io.unmask.model.data.FaceCache;
import io.unmask.model.forge.Augmenter;
import io.unmask.model.forge.Pictures;
import io.unmask.model.graph.AdamUpdate;
import io.unmask.model.graph.Architecture;
import io.unmask.model.graph.Loss;
import io.unmask.model.graph.TemporalHead;
import io.unmask.model.runtime.TensorFlowRuntime;
import io.unmask.model.spec.ModelCard;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Trains a detector on a user's data and writes its model directory. Runs on the caller's thread. */
public final class Training {
    /** Videos are cut with room around the crop, so that its framing can vary. */
    private static final double VIDEO_MARGIN = 1.25;

    private static final int BATCHES_AHEAD = 6;
    private static final String BEST = "best.safetensors";
    static final List<String> LABELS = List.of("real", "fake");

    private final Request request;
    private final TrainSettings settings;
    private final Surroundings surroundings;

    /**
     * What to train on, and where to.
     *
     * @param videos manifests or folders of videos and pictures in which faces are searched
     * @param faces manifests or folders of pictures that are face crops already
     * @param out the model directory to be; also holds the checkpoint
     * @param from a directory whose checkpoint gives the first weights
     * @param resume whether to go on from the checkpoint in {@code out}
     * @param name of the model
     */
    public record Request(
            List<Path> videos, List<Path> faces, Path out, Optional<Path> from, boolean resume, String name) {}

    /**
     * What a run is given.
     *
     * @param service settings by which faces are found, as serving finds them
     * @param cache folder for faces that are cut out of videos
     * @param loaders makes batches; not closed here
     * @param stopped says whether the user wants to stop: a checkpoint is written, and the model too
     */
    public record Surroundings(
            Settings service,
            Path cache,
            ExecutorService loaders,
            Clock clock,
            Progress progress,
            BooleanSupplier stopped) {}

    public Training(Request request, TrainSettings settings, Surroundings surroundings) {
        this.request = request;
        this.settings = settings;
        this.surroundings = surroundings;
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
                var board = new TensorBoardLog(request.out(), surroundings.clock(), surroundings.progress());
                var log = new MetricsLog(request.out(), board);
                var step = new TrainStep(architecture(), stepSettings())) {
            var data = load();
            long done = start(step);
            var judge = new Judge(data.validation(), settings.inputSize(), settings.frames(), settings.batchClips());
            var maker = maker(data);
            board.graph(step.graphDef());
            board.picture("train/batch", sheet(maker));
            try (var batches = new BatchLoader(maker, surroundings.loaders(), BATCHES_AHEAD, done)) {
                var run = new Trainer.Run(
                        settings, checkpoint(), request.out().resolve(BEST), facts(), log, surroundings.stopped());
                done = new Trainer(step, batches, judge, run).train(done);
            }
            return new ModelWriter(request, settings, architecture(), surroundings.clock())
                    .write(step, judge, data.digest(), done);
        }
    }

    /**
     * Writes the first batch as a PNG, instead of learning from it.
     *
     * @throws IOException when data cannot be read or the picture cannot be written
     */
    public void sheet(Path png) throws IOException {
        Pictures.write(sheet(maker(load())), png);
    }

    private RgbFrame sheet(BatchMaker maker) {
        return ContactSheet.of(maker.make(0), settings.inputSize());
    }

    private BatchMaker maker(TrainingData data) {
        var augmenter = new Augmenter(settings.inputSize(), settings.framingJitter(), settings.augmentStrength());
        var plan = new BatchMaker.Plan(
                settings.batchClips(),
                settings.frames(),
                settings.selfBlendShare(),
                settings.labelSmoothing(),
                settings.seed());
        return new BatchMaker(data.train(), augmenter, plan);
    }

    private Architecture architecture() {
        return new Architecture(
                settings.inputSize(),
                settings.frames(),
                Stream.of(settings.encoderWidths().trim().split("\\s+"))
                        .map(Integer::valueOf)
                        .toList(),
                settings.recurrentUnits(),
                LABELS.size());
    }

    private TrainStep.Settings stepSettings() {
        Predicate<String> frozen = settings.freeze()
                .map(pattern -> Pattern.compile(pattern).asPredicate())
                .orElse(name -> false);
        var adam = new AdamUpdate.Settings(
                settings.beta1(), settings.beta2(), settings.epsilon(), settings.weightDecay(), settings.clipNorm());
        return new TrainStep.Settings(new Loss(settings.frameLossShare()), adam, frozen, settings.threads());
    }

    private FileLock lock(FileChannel channel) throws IOException {
        try {
            var lock = channel.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException e) {
            // The other training is in this process: told below, as if it were in another.
        }
        throw new TrainingException(request.out() + ": another training writes here; give another --out");
    }

    private TrainingData load() throws IOException {
        int side = (int) Math.round(settings.inputSize() * VIDEO_MARGIN);
        var cache = new FaceCache(
                surroundings.cache(),
                surroundings.service(),
                new CropSpec(side, settings.cropScale() * VIDEO_MARGIN),
                VIDEO_MARGIN);
        return TrainingData.load(
                new TrainingData.Sources(request.videos(), request.faces(), settings.videoWeight()),
                LABELS,
                cache,
                surroundings.progress()::skipped);
    }

    private Path checkpoint() {
        return request.out().resolve(Checkpoint.FILE);
    }

    /** What a checkpoint must agree on with the run that goes on from it. */
    private Map<String, String> facts() {
        return Map.of(
                "architecture", Architecture.NAME, "sizes", architecture().toString(), "seed", "" + settings.seed());
    }

    /** Gives the step its first weights and says how many steps they have behind them. */
    private long start(TrainStep step) throws IOException {
        if (request.resume()) {
            var checkpoint = Checkpoint.read(checkpoint());
            if (!checkpoint.facts().equals(facts())) {
                throw new TrainingException(checkpoint() + " is of another run: it has " + checkpoint.facts()
                        + ", this run has " + facts() + "; start anew in another --out");
            }
            step.assign(checkpoint.values());
            return checkpoint.step();
        }
        if (Files.exists(checkpoint())) {
            throw new TrainingException(
                    checkpoint() + " is there already: --resume goes on, another --out starts anew");
        }
        step.initialise(settings.seed());
        if (request.from().isPresent()) {
            inherit(step, request.from().get().resolve(Checkpoint.FILE));
        }
        return 0;
    }

    /**
     * Weights, averages and statistics of another run, without its optimiser's memory. A recurrence that has seen
     * nothing but single frames begins anew where there are more.
     */
    private void inherit(TrainStep step, Path file) throws IOException {
        var shapes = step.shapes();
        var checkpoint = Checkpoint.read(file);
        boolean beginRecurrence = settings.frames() > 1
                && checkpoint.facts().getOrDefault("sizes", "").contains("frames=1,");
        var inherited = new LinkedHashMap<String, float[]>();
        checkpoint.values().forEach((name, values) -> {
            boolean begins = beginRecurrence && TemporalHead.isRecurrent(name);
            if (shapes.containsKey(name) && !AdamUpdate.isMoment(name) && !begins) {
                inherited.put(name, values);
            }
        });
        for (var entry : inherited.entrySet()) {
            long size = 1;
            for (long side : shapes.get(entry.getKey())) {
                size *= side;
            }
            if (size != entry.getValue().length) {
                throw new TrainingException(file + ": " + entry.getKey() + " has " + entry.getValue().length
                        + " values, this network wants " + size + "; give the same sizes in train.yaml");
            }
        }
        if (inherited.isEmpty()) {
            throw new TrainingException(file + ": none of its weights are of this network");
        }
        step.assign(inherited);
    }
}
