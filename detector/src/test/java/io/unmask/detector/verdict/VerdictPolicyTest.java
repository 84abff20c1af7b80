package io.unmask.detector.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.detector.TestSettings;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.score.ClipScorer.ClipScore;
import io.unmask.model.score.ScoringException;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.OutOfDistribution;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Limits and thresholds are those of {@link TestSettings} and {@link Verdicts#CALIBRATION}. */
class VerdictPolicyTest {
    static final FaceQuality GOOD = new FaceQuality(120, 85, 128, 0.9);
    private static final FaceQuality SMALL = new FaceQuality(31, 85, 128, 0.9);
    private static final FaceQuality BLURRED = new FaceQuality(120, 19, 128, 0.9);

    private final VerdictPolicy policy =
            new VerdictPolicy(Verdicts.DETECTOR, Optional.empty(), TestSettings.threshold(0.7));

    @Test
    void shouldNameTheLimitThatAFrameFails() {
        Map<FaceQuality, Reason> limits = Map.of(
                SMALL,
                Reason.FACE_TOO_SMALL,
                BLURRED,
                Reason.BLURRED,
                new FaceQuality(120, 85, 29, 0.9),
                Reason.TOO_DARK,
                new FaceQuality(120, 85, 226, 0.9),
                Reason.OVEREXPOSED,
                new FaceQuality(120, 85, 128, 0.4),
                Reason.PROFILE_VIEW);
        limits.forEach((quality, reason) -> {
            Judgement judgement = policy.refuse(policy.gate(clip(16, quality), Set.of()));
            assertThat(judgement.reasons()).containsExactlyInAnyOrder(reason, Reason.TOO_FEW_FRAMES);
        });
    }

    @Test
    void shouldScoreAFrameThatMeetsEveryLimitExactly() {
        assertThat(policy.gate(clip(8, new FaceQuality(32, 20, 30, 0.5)), Set.of())
                        .good())
                .hasSize(8);
    }

    @Test
    void shouldScoreOnlyGoodFramesAndKeepTheirOrder() {
        FaceClip clip = clip(mixed(8, GOOD, 2, BLURRED, 4, GOOD));
        assertThat(policy.gate(clip, Set.of()).good())
                .extracting(FaceSample::sequence)
                .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 10L, 11L, 12L, 13L);
    }

    @Test
    void shouldBeNotEvaluableWhenAShortTrackHasTooFewFrames() {
        Gating gating = policy.gate(clip(7, GOOD), Set.of());
        assertThat(gating.evaluable()).isFalse();
        Judgement judgement = policy.refuse(gating);
        assertThat(judgement.decision()).isEqualTo(Decision.NOT_EVALUABLE);
        assertThat(judgement.reasons()).containsExactly(Reason.TOO_FEW_FRAMES);
        assertThat(judgement.score()).isEmpty();
    }

    @Property(tries = 100)
    void shouldDecideNothingAboutColoursThatTheModelHasNotSeen(@ForAll @DoubleRange(min = -50, max = 50) double raw) {
        Judgement judgement = judge(policy.gate(clip(16, GOOD), Set.of(Reason.COLOUR_MAPPED)), raw);

        assertThat(judgement.decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(judgement.reasons()).containsExactly(Reason.COLOUR_MAPPED);
    }

    @Test
    void shouldRefuseAStillPictureAsSuch() {
        FaceClip face = clip(16, GOOD);
        FaceClip still = new FaceClip(1, 0, 0, 0, face.samples().subList(0, 1), new Coverage(1, 1, 1, 0, 0, 0));

        Judgement refused = policy.refuse(policy.gate(still, Set.of()));

        assertThat(refused.decision()).isEqualTo(Decision.NOT_EVALUABLE);
        assertThat(refused.reasons()).containsExactly(Reason.STILL_PICTURE);
    }

    @Test
    void shouldTellAQualityProblemOnlyFromAQuarterOfTheFrames() {
        assertThat(policy.gate(clip(mixed(13, GOOD, 3, BLURRED)), Set.of()).reasons())
                .isEmpty();
        assertThat(policy.gate(clip(mixed(12, GOOD, 4, BLURRED)), Set.of()).reasons())
                .containsExactly(Reason.BLURRED);
    }

    @Test
    void shouldTellEveryProblemWhenTheClipIsRefused() {
        assertThat(policy.gate(clip(mixed(7, GOOD, 1, SMALL)), Set.of()).reasons())
                .containsExactlyInAnyOrder(Reason.FACE_TOO_SMALL, Reason.TOO_FEW_FRAMES);
    }

    @Test
    void shouldTellDamageWhetherTheClipIsJudgedOrNot() {
        assertThat(judge(policy.gate(clip(16, GOOD), Set.of(Reason.DECODE_ERROR)), 9)
                        .reasons())
                .containsExactly(Reason.DECODE_ERROR);
        assertThat(policy.refuse(policy.gate(clip(3, GOOD), Set.of(Reason.DECODE_ERROR)))
                        .reasons())
                .containsExactly(Reason.TOO_FEW_FRAMES, Reason.DECODE_ERROR);
    }

    @Test
    void shouldDecideByTheIntervalAroundTheCalibratedLogit() {
        // Calibrated: raw / 1.5 - 0.25, margin 1.645 * 0.5; logit of the threshold 0.7 is 0.847.
        assertThat(judge(9).decision()).isEqualTo(Decision.FAKE);
        assertThat(judge(2.89).decision()).isEqualTo(Decision.FAKE);
        assertThat(judge(2.87).decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(judge(0.42).decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(judge(0.40).decision()).isEqualTo(Decision.REAL);
        assertThat(judge(3).score().orElseThrow().logit()).isEqualTo(1.75);
    }

    @Test
    void shouldSayThatTheFalseAlarmRateIsUnknownWhenAUserSetTheThreshold() {
        assertThat(policy.threshold().expectedFpr()).isEmpty();
        VerdictPolicy calibrated =
                new VerdictPolicy(Verdicts.DETECTOR, Optional.empty(), TestSettings.in(Path.of("unused")));
        assertThat(calibrated.threshold().pFake()).isEqualTo(0.7);
        assertThat(calibrated.threshold().expectedFpr()).contains(0.01);
    }

    @Test
    void shouldGiveEachFrameItsOwnScoreAndMarkSuspectRuns() {
        FaceClip clip = clip(mixed(4, GOOD, 1, BLURRED, 5, GOOD));
        // The blurred frame at 500 ms has no score, so that it ends the run.
        double[] frames = {-9, 9, 9, 9, 9, -9, -9, 9, -9};
        Verdict.Face face = policy.judge(policy.gate(clip, Set.of()), Verdicts.score(1, frames))
                .face()
                .orElseThrow();
        assertThat(face.framesScored()).isEqualTo(9);
        assertThat(face.frames().get(4).pFake()).isEmpty();
        assertThat(face.frames().get(1).pFake()).hasValueSatisfying(p -> assertThat(p)
                .isEqualTo(Calibration.probability(Verdicts.CALIBRATION.logit(9))));
        assertThat(face.suspect())
                .containsExactly(
                        new Verdict.Face.Suspect(125_000, 375_000),
                        new Verdict.Face.Suspect(625_000, 625_000),
                        new Verdict.Face.Suspect(1_000_000, 1_000_000));
    }

    @Test
    void shouldBeInconclusiveBeyondTheLimitOnTheDistance() {
        Judgement within = judge(knowing(2.5), Verdicts.score(9, new double[16], Optional.of(2.5)));
        assertThat(within.decision()).isEqualTo(Decision.FAKE);
        assertThat(within.reasons()).isEmpty();

        Judgement beyond = judge(knowing(2.5), Verdicts.score(9, new double[16], Optional.of(2.51)));
        assertThat(beyond.decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(beyond.reasons()).containsExactly(Reason.OUT_OF_DISTRIBUTION);
        assertThat(beyond.score().orElseThrow().logit()).isEqualTo(5.75);
        assertThat(beyond.score().orElseThrow().distance()).contains(new Verdict.Distance(2.51, 2.5));
    }

    @Test
    void shouldDecideWithoutADistanceWhereTheModelTellsNone() {
        assertThat(judge(9).score().orElseThrow().distance()).isEmpty();
        assertThatThrownBy(() -> judge(knowing(2.5), Verdicts.score(9, new double[16])))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> judge(knowing(2.5), Verdicts.score(9, new double[16], Optional.of(Double.NaN))))
                .isInstanceOf(ScoringException.class);
    }

    @Test
    void shouldRefuseAScoreThatIsNotANumber() {
        Gating gating = policy.gate(clip(16, GOOD), Set.of());
        assertThatThrownBy(() -> policy.judge(gating, Verdicts.score(Double.NaN, new double[16])))
                .isInstanceOf(ScoringException.class);
    }

    @Test
    void shouldRefuseToJudgeAClipWithTooFewGoodFrames() {
        Gating gating = policy.gate(clip(16, BLURRED), Set.of());
        assertThatThrownBy(() -> judge(gating, 9)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSayWhyThereIsNoFace() {
        Coverage searched = new Coverage(60, 16, 0, 0, 0, 0);
        assertThat(policy.noFace(searched, Set.of()).reasons()).containsExactly(Reason.NO_FACE);
        assertThat(policy.noFace(searched, Set.of(Reason.DECODE_ERROR)).reasons())
                .containsExactly(Reason.NO_FACE, Reason.DECODE_ERROR);
        assertThat(policy.noFace(Coverage.NONE, Set.of()).reasons()).containsExactly(Reason.DECODE_ERROR);
    }

    @Property(tries = 300)
    void shouldScoreIfAndOnlyIfEvaluable(
            @ForAll @IntRange(min = 1, max = 16) int samples,
            @ForAll @IntRange(max = 16) int bad,
            @ForAll boolean damaged,
            @ForAll @DoubleRange(min = -50, max = 50) double raw) {
        int blurred = Math.min(samples, bad);
        Gating gating = policy.gate(
                clip(mixed(samples - blurred, GOOD, blurred, BLURRED)),
                damaged ? Set.of(Reason.DECODE_ERROR) : Set.of());
        Judgement judgement = gating.evaluable() ? judge(gating, raw) : policy.refuse(gating);
        assertThat(gating.evaluable()).isEqualTo(samples - blurred >= 8);
        assertThat(judgement.score().isPresent()).isEqualTo(judgement.decision() != Decision.NOT_EVALUABLE);
        assertThat(judgement.score().isPresent() || !judgement.reasons().isEmpty())
                .isTrue();
        judgement.score().ifPresent(score -> {
            assertThat(score.pFake())
                    .isBetween(score.interval().low(), score.interval().high());
            assertThat(score.interval().low()).isBetween(0.0, 1.0);
        });
    }

    @Property(tries = 300)
    void shouldNeverLeanMoreToRealWhenTheModelLeansMoreToFake(
            @ForAll @DoubleRange(min = -50, max = 50) double one,
            @ForAll @DoubleRange(min = -50, max = 50) double other) {
        Judgement lower = judge(Math.min(one, other));
        Judgement higher = judge(Math.max(one, other));
        assertThat(rank(lower)).isLessThanOrEqualTo(rank(higher));
        assertThat(lower.score().orElseThrow().pFake())
                .isLessThanOrEqualTo(higher.score().orElseThrow().pFake());
    }

    static FaceClip clip(int samples, FaceQuality quality) {
        return clip(mixed(samples, quality));
    }

    /** One sample each 125 ms, with these qualities. */
    static FaceClip clip(List<FaceQuality> qualities) {
        return clip(0, qualities);
    }

    static FaceClip clip(long first, List<FaceQuality> qualities) {
        List<FaceSample> samples = new ArrayList<>();
        for (FaceQuality quality : qualities) {
            long sequence = first + samples.size();
            samples.add(new FaceSample(
                    sequence,
                    sequence * 125_000,
                    new FaceBox(0, 0, 120, 120),
                    Optional.empty(),
                    quality,
                    new RgbFrame(1, 1, new byte[3])));
        }
        long end = samples.get(samples.size() - 1).timeMicros() + 125_000;
        return new FaceClip(1, 0, samples.get(0).timeMicros(), end, samples, new Coverage(100, 20, 20, 0, 0, 0));
    }

    private static List<FaceQuality> mixed(Object... countsAndQualities) {
        List<FaceQuality> qualities = new ArrayList<>();
        for (int i = 0; i < countsAndQualities.length; i += 2) {
            for (int n = 0; n < (int) countsAndQualities[i]; n++) {
                qualities.add((FaceQuality) countsAndQualities[i + 1]);
            }
        }
        return qualities;
    }

    /** A policy for a model that tells distances. */
    static VerdictPolicy knowing(double limit) {
        return new VerdictPolicy(
                Verdicts.DETECTOR,
                Optional.of(new OutOfDistribution(limit, 0.05, "d".repeat(64))),
                TestSettings.threshold(0.7));
    }

    private static Judgement judge(VerdictPolicy policy, ClipScore score) {
        return policy.judge(policy.gate(clip(16, GOOD), Set.of()), score);
    }

    private Judgement judge(double raw) {
        return judge(policy.gate(clip(16, GOOD), Set.of()), raw);
    }

    private Judgement judge(Gating gating, double raw) {
        double[] frames = new double[gating.good().size()];
        Arrays.fill(frames, raw);
        return policy.judge(gating, Verdicts.score(raw, frames));
    }

    private static int rank(Judgement judgement) {
        return List.of(Decision.REAL, Decision.INCONCLUSIVE, Decision.FAKE).indexOf(judgement.decision());
    }
}
