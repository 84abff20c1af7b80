package io.unmask.model.train;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.forge.Augmenter;
import io.unmask.model.forge.Forger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Pairs: an authentic face and a fake one, of the same video where there is one, filmed by the same simulated camera.
 */
final class PairDrawing implements Drawing {
    static final int REAL = 0;
    static final int FAKE = 1;

    private final BatchMaker.Plan plan;
    private final Augmenter augmenter;
    private final Forger forger;
    private final EpochOrder authentic;
    private final Map<String, List<FaceSequence>> fakesByGroup = new HashMap<>();
    private final List<FaceSequence> unpairedFakes = new ArrayList<>();
    /**
     * So that a fake is drawn no more often than an authentic face of its weight, since a few would be learnt by heart;
     * unless nothing is to be forged.
     */
    private final double unpairedShare;

    PairDrawing(List<FaceSequence> sequences, Forger forger, Augmenter augmenter, BatchMaker.Plan plan) {
        this.plan = plan;
        this.forger = forger;
        this.augmenter = augmenter;
        var real =
                sequences.stream().filter(sequence -> sequence.label() == REAL).toList();
        if (real.isEmpty()) {
            throw new TrainingException("no authentic face to train on");
        }
        authentic = new EpochOrder(real, plan.seed());
        var pairable = new HashSet<String>();
        real.forEach(sequence -> pairable.add(sequence.group()));
        for (var sequence : sequences) {
            if (sequence.label() == FAKE && pairable.contains(sequence.group())) {
                fakesByGroup
                        .computeIfAbsent(sequence.group(), group -> new ArrayList<>())
                        .add(sequence);
            } else if (sequence.label() == FAKE) {
                unpairedFakes.add(sequence);
            }
        }
        double unpaired = weight(real.stream()
                .filter(sequence -> !fakesByGroup.containsKey(sequence.group()))
                .toList());
        if (plan.selfBlendShare() == 0 && unpairedFakes.isEmpty()) {
            fakesByGroup.values().forEach(unpairedFakes::addAll);
        }
        double most = unpaired == 0 ? 0 : Math.min(1, weight(unpairedFakes) / unpaired);
        unpairedShare = plan.selfBlendShare() == 0 && most > 0 ? 1 : most;
    }

    private static double weight(List<FaceSequence> sequences) {
        return sequences.stream().mapToDouble(FaceSequence::weight).sum();
    }

    @Override
    public List<Drawn> draw(long number) {
        int pairs = plan.clipsInBatch() / 2;
        var drawn = new ArrayList<Drawn>();
        long first = number * pairs;
        for (long place = first; place < first + pairs; place++) {
            addPair(authentic.at(place), new SplittableRandom(plan.seed() * 31 + place).split(), drawn);
        }
        return drawn;
    }

    @Override
    public long batchesInEpoch() {
        return Math.max(1, authentic.length() * 2L / plan.clipsInBatch());
    }

    private void addPair(FaceSequence real, SplittableRandom random, List<Drawn> drawn) {
        long camera = random.nextLong();
        var crops = plan.crops(real, random);
        boolean paired = fakesByGroup.containsKey(real.group());
        var fakes = paired ? fakesByGroup.get(real.group()) : unpairedFakes;
        double share = (1 - plan.selfBlendShare()) * (paired ? 1 : unpairedShare);
        if (random.nextDouble() >= share) {
            var pair = forger.pair(crops, real.crops().margin(), random.nextLong());
            drawn.add(film(pair.authentic(), real, camera, REAL, real.source()));
            drawn.add(film(pair.forged(), real, camera, FAKE, real.source() + " (self-blended)"));
        } else {
            var fake = fakes.get(random.nextInt(fakes.size()));
            drawn.add(film(crops, real, camera, REAL, real.source()));
            drawn.add(film(plan.crops(fake, random), fake, camera, FAKE, fake.source()));
        }
    }

    private Drawn film(List<RgbFrame> crops, FaceSequence of, long camera, int label, String source) {
        return new Drawn(augmenter.film(crops, of.crops().margin(), camera), label, source);
    }
}
