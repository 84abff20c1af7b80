package io.unmask.model.train;

import io.unmask.model.data.FaceSequence;
import io.unmask.model.evaluate.Metrics;
import io.unmask.model.evaluate.Roc;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.Scores;
import io.unmask.model.forge.Condition;
import io.unmask.model.forge.Framing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Scores faces as serving would, without augmentation.
 *
 * @param sequences what is judged
 * @param frames T
 * @param clipsInBatch scored in one call
 */
record Judge(List<FaceSequence> sequences, int inputSize, int frames, int clipsInBatch) {
    /** A long track is judged by so many clips, evenly spread. */
    private static final int MAX_CLIPS = 8;

    private record Piece(FaceSequence sequence, int start) {}

    /** Raw logits of fake minus real, one sample a clip. */
    List<Sample> samples(TrainStep step, Condition condition) {
        var pieces = pieces();
        var samples = new ArrayList<Sample>(pieces.size());
        for (int from = 0; from < pieces.size(); from += clipsInBatch) {
            var some = pieces.subList(from, Math.min(pieces.size(), from + clipsInBatch));
            var logits = step.judge(batch(some, condition));
            for (int i = 0; i < some.size(); i++) {
                double logit = logits[i][BatchMaker.FAKE] - logits[i][BatchMaker.REAL];
                samples.add(sample(some.get(i).sequence(), condition, logit));
            }
        }
        return samples;
    }

    /** One sample a face: the mean of its clips. */
    static List<Sample> byFace(List<Sample> clips) {
        return clips.stream()
                .collect(Collectors.groupingBy(
                        clip -> clip.video() + '/' + clip.condition(), LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(same -> new Sample(
                        same.get(0).video(),
                        same.get(0).person(),
                        same.get(0).group(),
                        same.get(0).condition(),
                        same.get(0).manipulation(),
                        same.stream().mapToDouble(Sample::logit).average().orElseThrow()))
                .toList();
    }

    Progress.Judged look(TrainStep step, long done, double best) {
        var faces = byFace(samples(step, Condition.CLEAN));
        var scores = Scores.of(faces);
        double auc = Roc.of(scores).auc();
        var logits = Map.of("real", logits(faces, false), "fake", logits(faces, true));
        return new Progress.Judged(done, auc, Metrics.logLoss(scores), auc > best, logits);
    }

    private static double[] logits(List<Sample> faces, boolean fake) {
        return faces.stream()
                .filter(face -> face.fake() == fake)
                .mapToDouble(Sample::logit)
                .toArray();
    }

    private static Sample sample(FaceSequence sequence, Condition condition, double logit) {
        String manipulation = sequence.label() == BatchMaker.REAL
                ? Sample.AUTHENTIC
                : sequence.method().isBlank() ? "unnamed" : sequence.method();
        return new Sample(sequence.source(), sequence.group(), sequence.set(), condition.label(), manipulation, logit);
    }

    private List<Piece> pieces() {
        var pieces = new ArrayList<Piece>();
        for (var sequence : sequences) {
            int last = Math.max(0, sequence.crops().count() - frames);
            int count = Math.min(MAX_CLIPS, 1 + last / frames);
            for (int clip = 0; clip < count; clip++) {
                pieces.add(new Piece(sequence, count == 1 ? 0 : last * clip / (count - 1)));
            }
        }
        return pieces;
    }

    private Batch batch(List<Piece> pieces, Condition condition) {
        int frameBytes = inputSize * inputSize * 3;
        var bytes = new byte[pieces.size() * frames * frameBytes];
        var mask = new float[pieces.size() * frames];
        for (int clip = 0; clip < pieces.size(); clip++) {
            var crops = pieces.get(clip).sequence().crops();
            var framing = Framing.serving(crops.margin());
            for (int t = 0; t < Math.min(frames, crops.count()); t++) {
                int at = clip * frames + t;
                var crop = pieces.get(clip).sequence().crop(pieces.get(clip).start() + t);
                var frame = framing.apply(condition.apply(crop), inputSize);
                System.arraycopy(frame.rgb(), 0, bytes, at * frameBytes, frameBytes);
                mask[at] = 1;
            }
        }
        var weights = new float[pieces.size()];
        Arrays.fill(weights, 1);
        return new Batch(bytes, mask, new float[0], weights, List.of());
    }
}
