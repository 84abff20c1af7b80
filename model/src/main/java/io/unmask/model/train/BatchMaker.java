package io.unmask.model.train;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.forge.Augmenter;
import io.unmask.model.forge.Forger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes balanced batches of pairs: an authentic face and a fake one, of the same video where there is one, filmed by the
 * same simulated camera. A batch is a pure function of the seed and its number, so that a resumed run sees what an
 * uninterrupted one would. Thread-safe.
 */
final class BatchMaker {
    static final int REAL = 0;
    static final int FAKE = 1;

    /**
     * @param clipsInBatch even
     * @param frames T
     * @param selfBlendShare share of the fakes that are forged here
     * @param labelSmoothing taken from the true label and shared by all
     */
    record Plan(int clipsInBatch, int frames, double selfBlendShare, double labelSmoothing, long seed) {}

    private final Plan plan;
    private final Augmenter augmenter;
    private final Forger forger = new Forger();
    private final List<FaceSequence> authentic = new ArrayList<>();
    private final Map<String, List<FaceSequence>> fakesByGroup = new HashMap<>();
    private final List<FaceSequence> unpairedFakes = new ArrayList<>();
    private final int epochLength;
    private final Map<Long, int[]> orders = new ConcurrentHashMap<>();

    BatchMaker(List<FaceSequence> sequences, Augmenter augmenter, Plan plan) {
        this.plan = plan;
        this.augmenter = augmenter;
        for (var sequence : sequences) {
            if (sequence.label() == REAL) {
                authentic.add(sequence);
            }
        }
        var pairable = new HashSet<String>();
        authentic.forEach(sequence -> pairable.add(sequence.group()));
        for (var sequence : sequences) {
            if (sequence.label() == FAKE && pairable.contains(sequence.group())) {
                fakesByGroup
                        .computeIfAbsent(sequence.group(), group -> new ArrayList<>())
                        .add(sequence);
            } else if (sequence.label() == FAKE) {
                unpairedFakes.add(sequence);
            }
        }
        if (authentic.isEmpty()) {
            throw new TrainingException("no authentic face to train on");
        }
        epochLength = (int) Math.max(
                1,
                Math.round(authentic.stream().mapToDouble(FaceSequence::weight).sum()));
    }

    /** Batches in which every authentic face was met once, at weight 1. */
    long batchesInEpoch() {
        return Math.max(1, epochLength * 2L / plan.clipsInBatch());
    }

    /** Batch number {@code number}, from 0. */
    Batch make(long number) {
        int pairs = plan.clipsInBatch() / 2;
        var clips = new ArrayList<List<RgbFrame>>();
        var sources = new ArrayList<String>();
        long first = number * pairs;
        for (int i = 0; i < pairs; i++) {
            var random = new SplittableRandom(plan.seed() * 31 + first + i).split();
            addPair(authenticAt(first + i), random, clips, sources);
        }
        return pack(clips, sources);
    }

    private void addPair(FaceSequence real, SplittableRandom random, List<List<RgbFrame>> clips, List<String> sources) {
        long camera = random.nextLong();
        var realCrops = draw(real, random);
        clips.add(augmenter.film(realCrops, real.crops().margin(), camera));
        sources.add(real.source());
        var fakes = fakesByGroup.getOrDefault(real.group(), unpairedFakes);
        if (fakes.isEmpty() || random.nextDouble() < plan.selfBlendShare()) {
            var forged = forger.forge(realCrops, real.crops().margin(), random.nextLong());
            clips.add(augmenter.film(forged, real.crops().margin(), camera));
            sources.add(real.source() + " (self-blended)");
        } else {
            var fake = fakes.get(random.nextInt(fakes.size()));
            clips.add(augmenter.film(draw(fake, random), fake.crops().margin(), camera));
            sources.add(fake.source());
        }
    }

    /** T consecutive crops from anywhere in the sequence, fewer when it is shorter. */
    private List<RgbFrame> draw(FaceSequence sequence, SplittableRandom random) {
        int count = Math.min(plan.frames(), sequence.crops().count());
        int start = random.nextInt(sequence.crops().count() - count + 1);
        var crops = new ArrayList<RgbFrame>(count);
        for (int i = 0; i < count; i++) {
            crops.add(sequence.crop(start + i));
        }
        return crops;
    }

    private Batch pack(List<List<RgbFrame>> clips, List<String> sources) {
        int size = augmenter.sizePx();
        int frameBytes = size * size * 3;
        var bytes = new byte[clips.size() * plan.frames() * frameBytes];
        var mask = new float[clips.size() * plan.frames()];
        var labels = new float[clips.size() * 2];
        for (int clip = 0; clip < clips.size(); clip++) {
            var frames = clips.get(clip);
            for (int t = 0; t < frames.size(); t++) {
                int at = clip * plan.frames() + t;
                System.arraycopy(frames.get(t).rgb(), 0, bytes, at * frameBytes, frameBytes);
                mask[at] = 1;
            }
            int label = clip % 2; // pairs: real, fake
            labels[clip * 2 + label] = (float) (1 - plan.labelSmoothing() / 2);
            labels[clip * 2 + 1 - label] = (float) (plan.labelSmoothing() / 2);
        }
        var weights = new float[clips.size()];
        Arrays.fill(weights, 1);
        return new Batch(bytes, mask, labels, weights, List.copyOf(sources));
    }

    private FaceSequence authenticAt(long index) {
        return authentic.get(order(index / epochLength)[(int) (index % epochLength)]);
    }

    /**
     * Indices of the epoch's authentic faces; one of weight 2.5 occurs twice or three times. Systematic sampling, so
     * that every epoch is equally long.
     */
    private int[] order(long epoch) {
        orders.keySet().removeIf(other -> Math.abs(other - epoch) > 1);
        return orders.computeIfAbsent(epoch, this::drawOrder);
    }

    private int[] drawOrder(long epoch) {
        var random = new Random(plan.seed() * 1_000_003 + epoch);
        double offset = random.nextDouble();
        var indices = new ArrayList<Integer>(epochLength);
        double before = 0;
        for (int i = 0; i < authentic.size(); i++) {
            double after = before + authentic.get(i).weight();
            while (indices.size() < epochLength && offset + indices.size() < after) {
                indices.add(i);
            }
            before = after;
        }
        while (indices.size() < epochLength) {
            indices.add(authentic.size() - 1); // what rounding left over
        }
        Collections.shuffle(indices, random);
        return indices.stream().mapToInt(Integer::intValue).toArray();
    }
}
