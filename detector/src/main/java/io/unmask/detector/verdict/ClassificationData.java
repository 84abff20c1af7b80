package io.unmask.detector.verdict;

import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Distance;
import io.unmask.detector.verdict.Verdict.Evidence;
import io.unmask.detector.verdict.Verdict.Face.Frame;
import io.unmask.detector.verdict.Verdict.Labels;
import io.unmask.detector.verdict.Verdict.Span;
import io.unmask.detector.verdict.Verdict.Stream;
import io.unmask.detector.verdict.Verdict.Threshold;
import io.unmask.ingest.clip.Coverage;
import io.unmask.model.spec.Calibration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A verdict of a model with labels of its own, as the event's data has it: these components, in snake case, are the fields
 * of {@code classification-v1.json}.
 */
record ClassificationData(
        Stream stream,
        Span clip,
        String label,
        List<Reason> reasons,
        Optional<List<Labels.Label>> labels,
        Optional<Calibration.Interval> interval,
        Optional<Distance> distance,
        double threshold,
        Optional<Double> expectedError,
        Calibration calibration,
        Optional<Face> face,
        Coverage coverage,
        Model model,
        List<Evidence> evidence,
        Map<String, Double> timing) {

    record Model(String name, String version, String digest, String trainingDigest, List<String> labels) {}

    record Face(int track, int framesScored, List<Frame> frames) {}

    static ClassificationData of(Verdict verdict) {
        Verdict.Model model = verdict.model();
        return new ClassificationData(
                verdict.stream(),
                verdict.span(),
                verdict.outcome(),
                verdict.reasons(),
                verdict.labels().map(Labels::all),
                verdict.labels().map(Labels::interval),
                verdict.labels().flatMap(Labels::distance),
                verdict.threshold().pFake(),
                verdict.threshold().expectedFpr(),
                model.calibration(),
                verdict.face().map(face -> new Face(face.track(), face.framesScored(), face.frames())),
                verdict.coverage(),
                new Model(model.name(), model.version(), model.digest(), model.trainingDigest(), model.labels()),
                verdict.evidence(),
                verdict.timing());
    }

    Verdict toVerdict(String id, Verdict.Kind kind, long sequence) {
        Verdict verdict = new Verdict(
                id,
                kind,
                stream,
                sequence,
                clip,
                decision(),
                reasons,
                Optional.empty(),
                labels.map(all -> new Labels(all, interval.orElseThrow(), distance)),
                new Threshold(threshold, expectedError),
                face.map(seen -> new Verdict.Face(seen.track, seen.framesScored, seen.frames, List.of())),
                coverage,
                new Verdict.Model(
                        model.name, model.version, model.digest, model.trainingDigest, calibration, model.labels),
                evidence,
                timing);
        if (!verdict.outcome().equals(label)) {
            throw new IllegalArgumentException(
                    "its label is " + label + ", its most probable one is " + verdict.outcome());
        }
        return verdict;
    }

    private Decision decision() {
        return List.of(Decision.INCONCLUSIVE, Decision.NOT_EVALUABLE).stream()
                .filter(none -> none.name().toLowerCase(Locale.ROOT).equals(label))
                .findFirst()
                .orElse(Decision.LABELLED);
    }
}
