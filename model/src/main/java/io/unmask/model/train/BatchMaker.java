package io.unmask.model.train;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.forge.Augmenter;
import io.unmask.model.forge.Forger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

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

    BatchMaker(List<FaceSequence> sequences, Augmenter augmenter, Plan plan) {
        this.plan = plan;
        this.augmenter = augmenter;
        for (var sequence : sequences) {
            if (sequence.label() == REAL) {
                authentic.add(sequence);
            }
        }
        var pairable = new java.util.HashSet<String>();
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
            throw new IllegalArgumentException("no authentic face to train on");
        }
    }

    /** Batches in which every authentic face was met once, at weight 1. */
    long batchesInEpoch() {
        return Math.max(1, order(0).length * 2L / plan.clipsInBatch());
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
        long epoch = 0;
        var order = order(epoch);
        while (index >= order.length) {
            index -= order.length;
            order = order(++epoch);
        }
        return authentic.get(order[(int) index]);
    }

    private record Epoch(long number, int[] order) {}

    private volatile Epoch latest = new Epoch(-1, new int[0]);

    /** Indices of the epoch's authentic faces; one of weight 2.5 occurs twice or three times. */
    private int[] order(long epoch) {
        var cached = latest;
        if (cached.number() == epoch) {
            return cached.order();
        }
        var random = new Random(plan.seed() * 1_000_003 + epoch);
        var indices = new ArrayList<Integer>();
        for (int i = 0; i < authentic.size(); i++) {
            double weight = authentic.get(i).weight();
            int times = (int) weight + (random.nextDouble() < weight % 1 ? 1 : 0);
            indices.addAll(Collections.nCopies(times, i));
        }
        Collections.shuffle(indices, random);
        var order = indices.stream().mapToInt(Integer::intValue).toArray();
        latest = new Epoch(epoch, order);
        return order;
    }
}
