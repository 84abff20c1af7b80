package io.unmask.model.train;

import io.unmask.model.evaluate.Metrics;
import io.unmask.model.forge.Framing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores faces as serving would: no augmentation, the clip's logits averaged over the face's whole track.
 *
 * @param sequences what is judged
 * @param frames T
 * @param clipsInBatch scored in one call
 */
record Judge(List<FaceSequence> sequences, int inputSize, int frames, int clipsInBatch) {
    /** A long track is judged by so many clips, evenly spread. */
    private static final int MAX_CLIPS = 8;

    private record Piece(int sequence, int start) {}

    /** Logit of fake minus that of real for each face, in order. */
    double[] logits(TrainStep step) {
        var pieces = pieces();
        var sums = new double[sequences.size()];
        var counts = new int[sequences.size()];
        for (int from = 0; from < pieces.size(); from += clipsInBatch) {
            var some = pieces.subList(from, Math.min(pieces.size(), from + clipsInBatch));
            var logits = step.judge(batch(some));
            for (int i = 0; i < some.size(); i++) {
                sums[some.get(i).sequence()] += logits[i][BatchMaker.FAKE] - logits[i][BatchMaker.REAL];
                counts[some.get(i).sequence()]++;
            }
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] /= counts[i];
        }
        return sums;
    }

    Progress.Judged look(TrainStep step, long done, double best) {
        var logits = logits(step);
        var fake = new boolean[logits.length];
        double logLoss = 0;
        for (int i = 0; i < logits.length; i++) {
            fake[i] = sequences.get(i).label() == BatchMaker.FAKE;
            logLoss += Math.log1p(Math.exp(fake[i] ? -logits[i] : logits[i])) / logits.length;
        }
        double auc = Metrics.auc(logits, fake);
        return new Progress.Judged(done, auc, logLoss, auc > best);
    }

    private List<Piece> pieces() {
        var pieces = new ArrayList<Piece>();
        for (int i = 0; i < sequences.size(); i++) {
            int last = Math.max(0, sequences.get(i).crops().count() - frames);
            int count = Math.min(MAX_CLIPS, 1 + last / frames);
            for (int clip = 0; clip < count; clip++) {
                pieces.add(new Piece(i, count == 1 ? 0 : last * clip / (count - 1)));
            }
        }
        return pieces;
    }

    private Batch batch(List<Piece> pieces) {
        int frameBytes = inputSize * inputSize * 3;
        var bytes = new byte[pieces.size() * frames * frameBytes];
        var mask = new float[pieces.size() * frames];
        for (int clip = 0; clip < pieces.size(); clip++) {
            var sequence = sequences.get(pieces.get(clip).sequence());
            var framing = Framing.serving(sequence.crops().margin());
            int count = Math.min(frames, sequence.crops().count());
            for (int t = 0; t < count; t++) {
                int at = clip * frames + t;
                var frame = framing.apply(sequence.crop(pieces.get(clip).start() + t), inputSize);
                System.arraycopy(frame.rgb(), 0, bytes, at * frameBytes, frameBytes);
                mask[at] = 1;
            }
        }
        var weights = new float[pieces.size()];
        Arrays.fill(weights, 1);
        return new Batch(bytes, mask, new float[0], weights, List.of());
    }
}
