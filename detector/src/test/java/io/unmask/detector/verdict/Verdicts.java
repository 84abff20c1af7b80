package io.unmask.detector.verdict;

import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Face;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.model.score.ClipScorer.ClipScore;
import io.unmask.model.spec.Calibration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Verdicts for tests. */
public final class Verdicts {
    public static final Calibration CALIBRATION = new Calibration(
            "temperature+bias", 1.5, -0.25, 0.7, 0.01, 0.5, 0.031, 0.12, "c".repeat(64), LocalDate.of(2026, 11, 20));

    public static final Verdict.Model DETECTOR =
            new Verdict.Model("tiny", "1", "a".repeat(64), "b".repeat(64), CALIBRATION);

    public static final Verdict.Model CLASSIFIER = new Verdict.Model(
            "mouths", "1", "a".repeat(64), "b".repeat(64), CALIBRATION, List.of("silent", "speaking", "chewing"));

    private static final Instant START = Instant.parse("2026-11-21T10:15:30.250Z");

    private Verdicts() {}

    /** What a detector says of a clip: how far its logit of fake lies above that of real, and the same of each frame. */
    public static ClipScore score(double logit, double[] frames, Optional<Double> distance) {
        return new ClipScore(
                new double[] {0, logit},
                Arrays.stream(frames).mapToObj(frame -> new double[] {0, frame}).toArray(double[][]::new),
                distance);
    }

    static ClipScore score(double logit, double[] frames) {
        return score(logit, frames, Optional.empty());
    }

    /** A fake clip of a stream, the n-th of its session. */
    public static Verdict fake(String stream, long n) {
        FaceBox box = new FaceBox(100.5, 80, 120, 120);
        FaceQuality quality = new FaceQuality(120, 85.5, 128, 0.9);
        Face face = new Face(
                1,
                1,
                List.of(
                        new Face.Frame(n * 1_000_000, box, quality, Optional.of(0.96)),
                        new Face.Frame(n * 1_000_000 + 125_000, box, quality, Optional.empty())),
                List.of(new Face.Suspect(n * 1_000_000, n * 1_000_000)));
        double logit = 3;
        return verdict(
                stream,
                n,
                Verdict.Kind.CLIP,
                new Judgement(
                        Decision.FAKE,
                        List.of(Reason.BLURRED),
                        Optional.of(new Verdict.Score(
                                Calibration.probability(logit), logit, CALIBRATION.interval(logit, 1))),
                        Optional.empty(),
                        Optional.of(face)));
    }

    /** A face of a stream that is fake, as its track's end says. */
    public static Verdict fakeTrack(Verdict.Stream stream) {
        Verdict clip = fake(stream.id(), 1);
        return new Verdict(
                clip.id(),
                Verdict.Kind.TRACK,
                stream,
                1,
                clip.span(),
                clip.decision(),
                clip.reasons(),
                clip.score(),
                clip.labels(),
                clip.threshold(),
                clip.face(),
                clip.coverage(),
                clip.model(),
                clip.evidence(),
                clip.timing());
    }

    /** A stream without faces. */
    public static Verdict noFace(String stream, long n) {
        return verdict(stream, n, Verdict.Kind.TRACK, Judgement.notEvaluable(Set.of(Reason.NO_FACE), Optional.empty()));
    }

    public static Verdict verdict(String stream, long n, Verdict.Kind kind, Judgement judgement) {
        return verdict(stream, n, kind, judgement, judgement.labels().isPresent() ? CLASSIFIER : DETECTOR);
    }

    static Verdict verdict(String stream, long n, Verdict.Kind kind, Judgement judgement, Verdict.Model model) {
        return new Verdict(
                "%s-%s-%d".formatted(stream, kind, n),
                kind,
                new Verdict.Stream(stream, "s1", "file:/videos/" + stream + ".mp4"),
                n,
                new Verdict.Span(
                        n * 1_000_000,
                        (n + 2) * 1_000_000,
                        START,
                        START.plusSeconds(2),
                        Optional.of(Verdict.WallClock.ARRIVAL)),
                judgement.decision(),
                judgement.reasons(),
                judgement.score(),
                judgement.labels(),
                new Verdict.Threshold(0.7, Optional.of(0.01)),
                judgement.face(),
                new Coverage(60, 16, 16, 0, 0, 0),
                model,
                List.of(new Verdict.Evidence("evidence/1.jpg", "d".repeat(64), "image/jpeg")),
                Map.of("decode", 12.5, "score", 3.25));
    }
}
