package io.unmask.model.train;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.FaceSequence;
import io.unmask.model.graph.MaskLoss;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Packs drawn clips into batches. A batch is a pure function of the seed and its number, so that a resumed run sees what
 * an uninterrupted one would. Thread-safe.
 *
 * @param sizePx side of a frame
 */
record BatchMaker(Drawing drawing, Plan plan, int sizePx) {

    /**
     * @param clipsInBatch even
     * @param frames T
     * @param places of a frame in a row, and rows, of which the network tells whether they are forged
     * @param selfBlendShare share of the fakes that are forged here
     * @param labelSmoothing share of the true label's weight that is spread over all labels
     * @param labelWeights of each label's clips in the loss; its size is K
     */
    record Plan(
            int clipsInBatch,
            int frames,
            int places,
            double selfBlendShare,
            double labelSmoothing,
            List<Double> labelWeights,
            long seed) {

        /** What a draw is made of: a pure function of the seed and the draw's number, unlike that of any other seed. */
        SplittableRandom random(long number) {
            return new SplittableRandom(new SplittableRandom(seed).nextLong() + number).split();
        }

        /** T consecutive crops from anywhere in the sequence, fewer when it is shorter. */
        List<RgbFrame> crops(FaceSequence sequence, SplittableRandom random) {
            int count = Math.min(frames, sequence.crops().count());
            int start = random.nextInt(sequence.crops().count() - count + 1);
            return sequence.crops(start, count);
        }
    }

    /** Batch number {@code number}, from 0. */
    Batch make(long number) {
        var clips = drawing.draw(number);
        int frameBytes = sizePx * sizePx * 3;
        int classes = plan.labelWeights().size();
        var bytes = new byte[clips.size() * plan.frames() * frameBytes];
        var mask = new float[clips.size() * plan.frames()];
        var labels = new float[clips.size() * classes];
        Arrays.fill(labels, (float) (plan.labelSmoothing() / classes));
        var weights = new float[clips.size()];
        int places = plan.places() * plan.places();
        var shares = new float[mask.length * places];
        Arrays.fill(shares, MaskLoss.UNKNOWN);
        for (int clip = 0; clip < clips.size(); clip++) {
            var drawn = clips.get(clip);
            for (int t = 0; t < drawn.frames().size(); t++) {
                int at = clip * plan.frames() + t;
                System.arraycopy(drawn.frames().get(t).rgb(), 0, bytes, at * frameBytes, frameBytes);
                mask[at] = 1;
                if (!drawn.shares().isEmpty()) {
                    System.arraycopy(drawn.shares().get(t), 0, shares, at * places, places);
                }
            }
            labels[clip * classes + drawn.label()] += (float) (1 - plan.labelSmoothing());
            weights[clip] = plan.labelWeights().get(drawn.label()).floatValue();
        }
        return new Batch(
                bytes,
                mask,
                labels,
                weights,
                shares,
                clips.stream().map(Drawing.Drawn::source).toList());
    }
}
