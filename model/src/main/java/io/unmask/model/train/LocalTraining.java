package io.unmask.model.train;

import io.unmask.config.TrainSettings;
import io.unmask.model.data.DataCheck;
import io.unmask.model.data.TrainingData;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.image.Condition;
import io.unmask.model.runtime.TensorFlowRuntime;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One site's part in a federation: trains given weights on its own data by the loop of {@link Training}, round after
 * round, and judges weights on its own validation data. Used by one thread.
 */
public final class LocalTraining implements AutoCloseable {
    private static final int BATCHES_AHEAD = 6;
    /** The fact that only a federation's checkpoints have: the round's number. */
    static final String ROUND = "round";

    private final Setup setup;
    private final TrainSettings settings;
    private final Training.Context context;
    private final FileChannel channel;
    private final FileLock lock;
    private final TrainStep step;
    private final TrainingData data;
    private final BatchMaker maker;
    private final Validator validator;

    /**
     * One round of training.
     *
     * @param number from 1
     * @param of rounds in all
     * @param epochs passes over the site's authentic faces
     * @param maxSteps updates at most, however many faces there are
     * @param start digest of the weights that the round starts from. A checkpoint of a round from other weights is not used
     */
    public record Round(long number, long of, long epochs, long maxSteps, String start) {

        /** The updates of a site that has at least one batch in an epoch. */
        long steps(long inEpoch) {
            // More epochs than steps change nothing, and their product could overflow.
            return Math.min(maxSteps, Math.min(epochs, maxSteps) * inEpoch);
        }
    }

    /**
     * Loads the data and builds the network.
     *
     * @throws TrainingException when the data cannot be learnt from or judged by
     * @throws IOException when they cannot be read
     */
    public static LocalTraining open(Training.Request request, TrainSettings settings, Training.Context context)
            throws IOException, InterruptedException {
        TensorFlowRuntime.ensureLoaded();
        var channel = Setup.openLockFile(request.out());
        try {
            return new LocalTraining(request, settings, context, channel);
        } catch (IOException | InterruptedException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private LocalTraining(
            Training.Request request, TrainSettings settings, Training.Context context, FileChannel channel)
            throws IOException, InterruptedException {
        this.setup = new Setup(request, settings, context);
        this.settings = settings;
        this.context = context;
        this.channel = channel;
        lock = setup.lock(channel);
        requireNoOtherTraining();
        data = setup.load();
        if (settings.labels().equals(Training.DETECTOR)) {
            DataCheck.limits(data.train(), data.validation()).forEach(context.progress()::limited);
        }
        maker = setup.maker(data);
        validator = setup.validator(data);
        step = new TrainStep(setup.network().architecture(), setup.network().stepSettings());
        step.initialise(settings.seed());
    }

    private void requireNoOtherTraining() throws IOException {
        Path file = setup.checkpoint();
        if (Files.exists(file) && !Checkpoint.read(file).facts().containsKey(ROUND)) {
            throw new TrainingException(
                    file + " is of a training, which the federation would replace; give another --out");
        }
    }

    /** The inputs and outputs of a model that is trained with these settings. */
    public static ModelSpec spec(TrainSettings settings) {
        return new NetworkPlan(settings)
                .architecture()
                .spec(settings.cropScale(), settings.sampleFps(), settings.labels());
    }

    /** The network that this site's settings give, with its first weights. */
    public FederatedModel model() {
        return FederatedModel.of(setup.network(), step);
    }

    /** How many faces it learns from. */
    public long examples() {
        return data.train().size();
    }

    /**
     * Trains from given weights. A round that was cut off goes on from its checkpoint, with the same result as without the
     * interruption.
     *
     * @param start every tensor of the network
     * @return every tensor of the network; empty when the user stopped it, and then there is a checkpoint
     */
    public Optional<Map<String, float[]>> train(Round round, Map<String, float[]> start)
            throws IOException, InterruptedException {
        long inEpoch = maker.drawing().batchesInEpoch();
        long steps = round.steps(inEpoch);
        var facts = new LinkedHashMap<>(setup.network().facts());
        facts.put(ROUND, Long.toString(round.number()));
        facts.put("start", round.start());
        long done = begin(facts, start);
        long firstBatch = (round.number() - 1) * steps;
        try (var batches = new BatchLoader(maker, context.loaders(), BATCHES_AHEAD, firstBatch + done)) {
            var run = new Trainer.Run(
                    Pace.ofRound(settings, round.number(), round.of(), steps),
                    setup.checkpoint(),
                    setup.best(),
                    facts,
                    context.progress(),
                    context.stopped());
            done = new Trainer(step, batches, validator, run).train(done).done();
        }
        return done < steps ? Optional.empty() : Optional.of(step.averagedWeights());
    }

    private long begin(Map<String, String> facts, Map<String, float[]> start) throws IOException {
        if (Files.exists(setup.checkpoint())) {
            var checkpoint = Checkpoint.read(setup.checkpoint());
            if (checkpoint.facts().equals(facts)
                    && checkpoint.values().keySet().equals(step.shapes().keySet())) {
                step.assign(checkpoint.values());
                return checkpoint.step();
            }
        }
        step.variables().begin(start);
        return 0;
    }

    /** How good weights are on the site's own validation faces; empty when they give a logit that is not finite. */
    public Optional<Progress.Judged> judge(Map<String, float[]> weights) {
        step.variables().begin(weights);
        return validator.evaluateForeign(step);
    }

    /** Raw scores that weights give the validation faces, one a face. */
    public List<Sample> scores(Map<String, float[]> weights) {
        step.variables().begin(weights);
        return Validator.byFace(validator.samples(step, Condition.CLEAN));
    }

    /**
     * Writes a model directory with these weights, calibrated on the site's own validation faces.
     *
     * @param facts for its card
     */
    public ModelCard write(Map<String, float[]> weights, Map<String, String> facts) throws IOException {
        step.variables().begin(weights);
        return setup.finish(step, validator, data, 0, facts);
    }

    @Override
    public void close() throws IOException {
        try (channel;
                step) {
            lock.release();
        }
    }
}
