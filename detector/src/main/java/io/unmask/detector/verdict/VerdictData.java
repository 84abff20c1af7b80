package io.unmask.detector.verdict;

import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Distance;
import io.unmask.detector.verdict.Verdict.Evidence;
import io.unmask.detector.verdict.Verdict.Face;
import io.unmask.detector.verdict.Verdict.Score;
import io.unmask.detector.verdict.Verdict.Span;
import io.unmask.detector.verdict.Verdict.Stream;
import io.unmask.detector.verdict.Verdict.Threshold;
import io.unmask.ingest.clip.Coverage;
import io.unmask.model.spec.Calibration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A verdict as the event's data has it: these components, in snake case, are the fields of {@code verdict-v1.json}. */
record VerdictData(
        Stream stream,
        Span clip,
        Decision verdict,
        List<Reason> reasons,
        Optional<Double> pFake,
        Optional<Double> logit,
        Optional<Calibration.Interval> interval,
        Optional<Distance> distance,
        double threshold,
        Optional<Double> expectedFpr,
        Calibration calibration,
        Optional<Face> face,
        Coverage coverage,
        Model model,
        List<Evidence> evidence,
        Map<String, Double> timing) {

    record Model(String name, String version, String digest, String trainingDigest) {}

    static VerdictData of(Verdict verdict) {
        Verdict.Model model = verdict.model();
        return new VerdictData(
                verdict.stream(),
                verdict.span(),
                verdict.decision(),
                verdict.reasons(),
                verdict.score().map(Score::pFake),
                verdict.score().map(Score::logit),
                verdict.score().map(Score::interval),
                verdict.score().flatMap(Score::distance),
                verdict.threshold().pFake(),
                verdict.threshold().expectedFpr(),
                model.calibration(),
                verdict.face(),
                verdict.coverage(),
                new Model(model.name(), model.version(), model.digest(), model.trainingDigest()),
                verdict.evidence(),
                verdict.timing());
    }

    Verdict toVerdict(String id, Verdict.Kind kind, long sequence) {
        return new Verdict(
                id,
                kind,
                stream,
                sequence,
                clip,
                verdict,
                reasons,
                pFake.map(p -> new Score(p, logit.orElseThrow(), interval.orElseThrow(), distance)),
                Optional.empty(),
                new Threshold(threshold, expectedFpr),
                face,
                coverage,
                new Verdict.Model(model.name, model.version, model.digest, model.trainingDigest, calibration),
                evidence,
                timing);
    }
}
