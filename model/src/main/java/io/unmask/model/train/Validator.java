package io.unmask.model.train;

import io.unmask.model.data.FaceSequence;
import io.unmask.model.evaluate.LabelledClip;
import io.unmask.model.evaluate.Metrics;
import io.unmask.model.evaluate.Roc;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.Scores;
import io.unmask.model.image.Condition;
import io.unmask.model.image.Framing;
import io.unmask.model.spec.Calibration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Scores faces as serving would, without augmentation.
 *
 * @param sequences what is judged
 * @param frames T
 * @param clipsInBatch scored in one call
 * @param labels K names
 * @param familiar the distribution of the training faces, once it is known; each clip's distance from it is then measured
 */
record Validator(
        List<FaceSequence> sequences,
        int inputSize,
        int frames,
        int clipsInBatch,
        List<String> labels,
        Optional<FeatureDistribution> familiar) {
    /** How many clips, evenly spread, a long track is judged by. */
    private static final int MAX_CLIPS = 8;

    private record Piece(FaceSequence sequence, int start) {}

    /**
     * A clip's outcome.
     *
     * @param logits {@code [K]}
     */
    private record Judgement(FaceSequence sequence, float[] logits, Optional<Double> distance) {}

    Validator with(FeatureDistribution known) {
        return new Validator(sequences, inputSize, frames, clipsInBatch, labels, Optional.of(known));
    }

    /** Raw logits of fake minus real, one sample a clip. */
    List<Sample> samples(TrainStep step, Condition condition) {
        return against(FaceSequence.FAKE, judge(step, condition), condition);
    }

    /** The same in every condition. */
    List<Sample> samples(TrainStep step) {
        return Stream.of(Condition.values())
                .flatMap(condition -> samples(step, condition).stream())
                .toList();
    }

    /** Raw logits of all labels, in every condition. */
    List<LabelledClip> labelled(TrainStep step) {
        return Stream.of(Condition.values())
                .flatMap(condition -> judge(step, condition).stream()
                        .map(clip -> new LabelledClip(
                                clip.sequence().set() + '/' + clip.sequence().source(),
                                condition.label(),
                                clip.sequence().label(),
                                doubles(clip.logits()),
                                clip.distance())))
                .toList();
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private List<Judgement> judge(TrainStep step, Condition condition) {
        var pieces = pieces();
        var judged = new ArrayList<Judgement>(pieces.size());
        for (int from = 0; from < pieces.size(); from += clipsInBatch) {
            var some = pieces.subList(from, Math.min(pieces.size(), from + clipsInBatch));
            var batch = batch(some, condition);
            var outcome = step.judge(batch);
            for (int i = 0; i < some.size(); i++) {
                int first = i * frames;
                var mask = Arrays.copyOfRange(batch.mask(), first, first + frames);
                var distance = familiar.map(faces -> faces.distance(outcome.features(), first, mask));
                judged.add(new Judgement(some.get(i).sequence(), outcome.logits()[i], distance));
            }
        }
        return judged;
    }

    /** One label against all others: its log-odds, {@code z - log(sum of exp of the others)}. */
    private List<Sample> against(int label, List<Judgement> judged, Condition condition) {
        return judged.stream()
                .map(clip -> sample(clip, label, condition, Calibration.logitOf(label, doubles(clip.logits()))))
                .toList();
    }

    /** One sample a face: the mean of its clips. */
    static List<Sample> byFace(List<Sample> clips) {
        return clips.stream()
                .collect(Collectors.groupingBy(Sample::encodedFace, LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(Validator::mean)
                .toList();
    }

    private static Sample mean(List<Sample> clips) {
        var distances = clips.stream().flatMap(clip -> clip.distance().stream()).toList();
        var distance = distances.stream().mapToDouble(Double::doubleValue).average();
        return clips.get(0)
                .with(clips.stream().mapToDouble(Sample::logit).average().orElseThrow())
                .at(distance.isPresent() ? Optional.of(distance.getAsDouble()) : Optional.empty());
    }

    /** Mean over the tools of how well each one's fakes are told from all authentic faces. */
    private static double macroAuc(List<Sample> faces) {
        var authentic = faces.stream().filter(face -> !face.fake()).toList();
        return faces.stream()
                .filter(Sample::fake)
                .collect(Collectors.groupingBy(Sample::manipulation, TreeMap::new, Collectors.toList()))
                .values()
                .stream()
                .mapToDouble(tool -> Roc.of(Scores.of(
                                Stream.concat(tool.stream(), authentic.stream()).toList()))
                        .auc())
                .average()
                .orElseThrow();
    }

    /**
     * Measures the step's averaged weights. With two labels, the second is measured against the first; with more, it is the
     * mean over the labels, each against all others.
     */
    Progress.Judged evaluate(TrainStep step, long done, double best) {
        return judged(judge(step, Condition.CLEAN), done, best);
    }

    /** As {@link #evaluate}, for weights that come from elsewhere; empty when they give a logit that is not finite. */
    Optional<Progress.Judged> evaluateForeign(TrainStep step) {
        var judged = judge(step, Condition.CLEAN);
        for (var clip : judged) {
            for (float logit : clip.logits()) {
                if (!Float.isFinite(logit)) {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(judged(judged, 0, Double.NEGATIVE_INFINITY));
    }

    private Progress.Judged judged(List<Judgement> judged, long done, double best) {
        var logits = new LinkedHashMap<String, double[]>();
        double auc = 0;
        double logLoss = 0;
        int first = labels.size() == 2 ? 1 : 0;
        for (int label = first; label < labels.size(); label++) {
            var faces = byFace(against(label, judged, Condition.CLEAN));
            var scores = Scores.of(faces);
            auc += macroAuc(faces) / (labels.size() - first);
            logLoss += Metrics.logLoss(scores) / (labels.size() - first);
            logits.put(labels.get(label), logits(faces, true));
            if (first == 1) {
                logits.put(labels.get(0), logits(faces, false));
            }
        }
        return new Progress.Judged(done, auc, logLoss, auc > best, logits);
    }

    private static double[] logits(List<Sample> faces, boolean ofTheLabel) {
        return faces.stream()
                .filter(face -> face.fake() == ofTheLabel)
                .mapToDouble(Sample::logit)
                .toArray();
    }

    private static Sample sample(Judgement clip, int label, Condition condition, double logit) {
        var sequence = clip.sequence();
        boolean authentic = sequence.label() != label;
        return new Sample(
                sequence.source(),
                sequence.group(),
                sequence.set(),
                condition.label(),
                authentic ? Sample.AUTHENTIC : sequence.kind(),
                authentic ? sequence.kind() : "",
                logit,
                clip.distance());
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
        return new Batch(bytes, mask, new float[0], weights, new float[0], List.of());
    }
}
