package io.unmask.model.train;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.forge.Augmenter;
import io.unmask.model.forge.Forger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Pairs of an authentic face and a fake one, filmed by the same simulated camera at the same size. The fake is drawn
 * first: by its tool, or forged here. Its pair is an authentic face of the same person where there is one; else one is
 * drawn by its origin.
 */
final class PairDrawing implements Drawing {
    static final int REAL = 0;
    static final int FAKE = 1;

    private final BatchMaker.Plan plan;
    private final Augmenter augmenter;
    private final Forger forger;
    private final FaceTree authentic;
    /** Authentic faces that are no fake's counterpart. When every face is one, all authentic faces. */
    private final FaceTree lone;

    private final Map<String, FaceTree> authenticByGroup = new LinkedHashMap<>();
    private final Optional<FaceTree> fakes;
    private final int authenticCount;

    PairDrawing(List<FaceSequence> sequences, Forger forger, Augmenter augmenter, BatchMaker.Plan plan) {
        this.plan = plan;
        this.forger = forger;
        this.augmenter = augmenter;
        var real = new ArrayList<FaceSequence>();
        var fake = new ArrayList<FaceSequence>();
        var forgedGroups = new HashSet<String>();
        for (var sequence : sequences) {
            (sequence.label() == REAL ? real : fake).add(sequence);
            if (sequence.label() == FAKE) {
                forgedGroups.add(sequence.group());
            }
        }
        if (real.isEmpty()) {
            throw new TrainingException("no authentic face to train on");
        }
        authenticCount = real.size();
        authentic = new FaceTree(real);
        fakes = fake.isEmpty() ? Optional.empty() : Optional.of(new FaceTree(fake));
        var byGroup = new LinkedHashMap<String, List<FaceSequence>>();
        var others = new ArrayList<FaceSequence>();
        for (var face : real) {
            if (forgedGroups.contains(face.group())) {
                byGroup.computeIfAbsent(face.group(), group -> new ArrayList<>())
                        .add(face);
            } else {
                others.add(face);
            }
        }
        byGroup.forEach((group, faces) -> authenticByGroup.put(group, new FaceTree(faces)));
        lone = others.isEmpty() ? authentic : new FaceTree(others);
    }

    @Override
    public List<Drawn> draw(long number) {
        int pairs = plan.clipsInBatch() / 2;
        var drawn = new ArrayList<Drawn>();
        long first = number * pairs;
        for (long place = first; place < first + pairs; place++) {
            addPair(new SplittableRandom(plan.seed() * 31 + place).split(), drawn);
        }
        return drawn;
    }

    @Override
    public long batchesInEpoch() {
        return Math.max(1, authenticCount * 2L / plan.clipsInBatch());
    }

    private void addPair(SplittableRandom random, List<Drawn> drawn) {
        long camera = random.nextLong();
        if (fakes.isEmpty() || random.nextDouble() < plan.selfBlendShare()) {
            var real = authentic.draw(random);
            var crops = plan.crops(real, random);
            var forged = forger.forge(crops, real.crops().margin(), random.nextLong());
            double px = real.crops().detailPx();
            drawn.add(film(crops, real, px, camera, REAL, real.source()));
            drawn.add(film(forged, real, px, camera, FAKE, real.source() + " (self-blended)"));
        } else {
            var fake = fakes.get().draw(random);
            var real = authenticByGroup.getOrDefault(fake.group(), lone).draw(random);
            double px = Math.min(real.crops().detailPx(), fake.crops().detailPx());
            drawn.add(film(plan.crops(real, random), real, px, camera, REAL, real.source()));
            drawn.add(film(plan.crops(fake, random), fake, px, camera, FAKE, fake.source()));
        }
    }

    private Drawn film(List<RgbFrame> crops, FaceSequence of, double detailPx, long camera, int label, String source) {
        return new Drawn(augmenter.film(crops, of.crops().margin(), detailPx, camera), label, source);
    }
}
