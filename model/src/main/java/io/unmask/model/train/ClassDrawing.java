package io.unmask.model.train;

import io.unmask.model.data.FaceSequence;
import io.unmask.model.forge.Augmenter;
import java.util.ArrayList;
import java.util.List;

/** As many clips of each label, for labels other than real and fake. Nothing is forged. */
final class ClassDrawing implements Drawing {
    private final BatchMaker.Plan plan;
    private final Augmenter augmenter;
    private final List<EpochOrder> byLabel = new ArrayList<>();

    ClassDrawing(List<FaceSequence> sequences, List<String> labels, Augmenter augmenter, BatchMaker.Plan plan) {
        this.plan = plan;
        this.augmenter = augmenter;
        for (int label = 0; label < labels.size(); label++) {
            int index = label;
            var same = sequences.stream()
                    .filter(sequence -> sequence.label() == index)
                    .toList();
            if (same.isEmpty()) {
                throw new TrainingException("nothing to train on is labelled " + labels.get(label));
            }
            byLabel.add(new EpochOrder(same, plan.seed()));
        }
    }

    @Override
    public List<Drawn> draw(long number) {
        var drawn = new ArrayList<Drawn>();
        long first = number * plan.clipsInBatch();
        for (long place = first; place < first + plan.clipsInBatch(); place++) {
            int label = (int) (place % byLabel.size());
            var random = plan.random(place);
            var sequence = byLabel.get(label).at(place / byLabel.size());
            var frames = augmenter.film(
                    plan.crops(sequence, random),
                    sequence.crops().margin(),
                    sequence.crops().detailPx(),
                    random.nextLong());
            drawn.add(new Drawn(frames, label, List.of(), sequence.source()));
        }
        return drawn;
    }

    @Override
    public long batchesInEpoch() {
        int longest = byLabel.stream().mapToInt(EpochOrder::length).max().orElseThrow();
        return Math.max(1, (long) longest * byLabel.size() / plan.clipsInBatch());
    }
}
