package io.unmask.model.train;

import io.unmask.model.data.FaceSequence;
import io.unmask.model.forge.Augmenter;
import io.unmask.model.forge.Forger;
import io.unmask.model.image.Sharpness;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Pairs of an authentic face and a fake one, filmed by the same simulated camera at the same size. The fake is drawn
 * first: by its tool, or forged here. Its pair is an authentic face of the same person where there is one; else one is
 * drawn by its origin. What a tool drew is shown as sharp as its pair, and its pair as sharp as it: in one collection the
 * fakes are the softer ones, in another the authentic videos, and a network that learns this errs on the next one.
 */
final class PairDrawing implements Drawing {

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
            (sequence.label() == FaceSequence.REAL ? real : fake).add(sequence);
            if (sequence.label() == FaceSequence.FAKE) {
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
            addPair(plan.random(place), drawn);
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
            double margin = real.crops().margin();
            drawn.add(new Drawn(
                    augmenter.film(crops, margin, px, camera),
                    FaceSequence.REAL,
                    untouched(crops.size()),
                    real.source()));
            drawn.add(new Drawn(
                    augmenter.film(forged.frames(), margin, px, camera),
                    FaceSequence.FAKE,
                    augmenter.shares(forged.masks(), margin, camera, plan.places()),
                    real.source() + " (self-blended)"));
        } else {
            var fake = fakes.get().draw(random);
            var real = authenticByGroup.getOrDefault(fake.group(), lone).draw(random);
            double detail = Math.min(real.crops().detailPx(), fake.crops().detailPx());
            var realCrops = plan.crops(real, random);
            var fakeCrops = plan.crops(fake, random);
            double realMargin = real.crops().margin();
            double fakeMargin = fake.crops().margin();
            double shownPx = Math.min(
                    Math.min(detail, augmenter.mostPx()),
                    Math.min(
                            realCrops.get(0).width() / realMargin,
                            fakeCrops.get(0).width() / fakeMargin));
            var realShot = new Sharpness.Shot(realCrops, (int) (shownPx * realMargin));
            var fakeShot = new Sharpness.Shot(fakeCrops, (int) (shownPx * fakeMargin));
            drawn.add(new Drawn(
                    augmenter.film(Sharpness.atMost(realShot, fakeShot), realMargin, shownPx, camera),
                    FaceSequence.REAL,
                    untouched(realCrops.size()),
                    real.source()));
            drawn.add(new Drawn(
                    augmenter.film(Sharpness.atMost(fakeShot, realShot), fakeMargin, shownPx, camera),
                    FaceSequence.FAKE,
                    List.of(),
                    fake.source()));
        }
    }

    private List<float[]> untouched(int frames) {
        return Collections.nCopies(frames, new float[plan.places() * plan.places()]);
    }
}
