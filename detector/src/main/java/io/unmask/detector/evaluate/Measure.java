package io.unmask.detector.evaluate;

import io.unmask.detector.verdict.Verdict;
import io.unmask.model.data.Manifest;
import io.unmask.model.evaluate.LabelSample;
import io.unmask.model.evaluate.LabelTable;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.Trial;
import io.unmask.model.score.ClipScorer.ClipScore;
import io.unmask.model.spec.Calibration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Turns a model's answer about a labelled face into the sample from which the metrics are computed.
 *
 * @param <S> sample
 */
public interface Measure<S extends Trial.Judged> {

    /** A file of a data set, by its name, in a condition. */
    record Judged(String set, Manifest.Row row, String condition) {
        String label() {
            return LabelledSet.label(row);
        }
    }

    /** The labels that the model tells apart. */
    List<String> labels();

    /** The sample of a face crop, from its raw score. */
    S ofCrop(Judged file, ClipScore score);

    /** The sample of a video's face; empty when the face could not be judged. */
    Optional<S> ofVideo(Judged file, Verdict verdict);

    /** For a model that tells real from fake. A sample holds the calibrated logit of fake. */
    record OfDetector(Calibration calibration) implements Measure<Sample> {
        private static final String REAL = "real";

        @Override
        public List<String> labels() {
            return List.of(REAL, "fake");
        }

        @Override
        public Sample ofCrop(Judged file, ClipScore score) {
            return sample(file, calibration.logit(score.logit())).at(score.distance());
        }

        @Override
        public Optional<Sample> ofVideo(Judged file, Verdict verdict) {
            return verdict.score().map(score -> sample(file, score.logit())
                    .at(score.distance().map(Verdict.Distance::value)));
        }

        private static Sample sample(Judged file, double logit) {
            Manifest.Row row = file.row();
            boolean authentic = file.label().equals(REAL);
            return new Sample(
                    row.name(),
                    row.group(),
                    file.set(),
                    file.condition(),
                    authentic ? Sample.AUTHENTIC : row.method().isBlank() ? "unnamed" : row.method(),
                    authentic ? row.origin() : "",
                    logit);
        }
    }

    /**
     * For a model with labels of its own. A sample holds the label that it gave.
     *
     * @param threshold that the most probable label of a crop must reach. A video needs none: its verdict says the label
     */
    record OfLabels(List<String> labels, Calibration calibration, double threshold) implements Measure<LabelSample> {
        private static final String INCONCLUSIVE =
                Verdict.Decision.INCONCLUSIVE.name().toLowerCase(Locale.ROOT);

        @Override
        public LabelSample ofCrop(Judged file, ClipScore score) {
            double[] p = Calibration.probabilities(
                    Arrays.stream(score.labelLogits()).map(calibration::logit).toArray());
            int most = 0;
            for (int i = 1; i < p.length; i++) {
                most = p[i] > p[most] ? i : most;
            }
            String label = labels.get(most);
            return sample(file, label, p[most] >= threshold ? label : INCONCLUSIVE);
        }

        @Override
        public Optional<LabelSample> ofVideo(Judged file, Verdict verdict) {
            return verdict.labels()
                    .map(found -> sample(file, found.mostProbable().label(), verdict.outcome()));
        }

        private static LabelSample sample(Judged file, String mostProbable, String outcome) {
            return new LabelSample(
                    file.row().name(),
                    file.set(),
                    file.condition(),
                    new LabelTable.Face(file.label(), mostProbable, outcome));
        }
    }
}
