package io.unmask.detector.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.detector.TestSettings;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.ingest.clip.IngestEvent.TrackEnded.Cause;
import io.unmask.model.score.ClipScorer.ClipScore;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TrackJudgeTest {
    private static final FaceQuality BLURRED = new FaceQuality(120, 1, 128, 0.9);

    private final VerdictPolicy policy =
            new VerdictPolicy(Verdicts.DETECTOR, Optional.empty(), TestSettings.threshold(0.7));
    private final TrackJudge track = new TrackJudge(policy, 3);

    @Test
    void shouldWeighClipsByTheirScoredFrames() {
        add(0, 16, 3);
        add(16, 8, 0);
        // (16 * 1.75 + 8 * -0.25) / 24
        assertThat(logit(track.judge(ended(Cause.LEFT)))).isCloseTo(26.0 / 24, within(1e-12));
    }

    @Test
    void shouldNarrowTheIntervalByClipsThatDoNotOverlapOnly() {
        // Hop 8: clips 0, 16 and 32 stand alone, 8 and 24 repeat their frames.
        for (int first = 0; first <= 32; first += 8) {
            add(first, 16, 3);
        }
        assertThat(track.judge(ended(Cause.LEFT)).score().orElseThrow().interval())
                .isEqualTo(Verdicts.CALIBRATION.interval(1.75, 3));
    }

    @Test
    void shouldBecomeCertainWhenIndependentClipsAgree() {
        add(0, 16, 2.5);
        assertThat(track.judge(ended(Cause.LEFT)).decision()).isEqualTo(Decision.INCONCLUSIVE);
        for (int first = 16; first < 160; first += 16) {
            add(first, 16, 2.5);
        }
        assertThat(track.judge(ended(Cause.LEFT)).decision()).isEqualTo(Decision.FAKE);
    }

    @Test
    void shouldCallAFaceFakeThatIsFakeForAPart() {
        for (int first = 0; first < 320; first += 16) {
            add(first, 16, first == 160 ? 9 : -9);
        }
        Judgement judgement = track.judge(ended(Cause.LEFT));

        assertThat(judgement.decision()).isEqualTo(Decision.FAKE);
        assertThat(logit(judgement)).isCloseTo(Verdicts.CALIBRATION.logit(9), within(1e-9));
        assertThat(judgement.face().orElseThrow().suspect())
                .containsExactly(new Verdict.Face.Suspect(160 * 125_000, 176 * 125_000));
    }

    @Test
    void shouldFindTheFakePartAtTheStartAndAtTheEnd() {
        add(0, 16, 9);
        for (int first = 16; first < 160; first += 16) {
            add(first, 16, -9);
        }
        assertThat(track.judge(ended(Cause.LEFT)).decision()).isEqualTo(Decision.FAKE);

        TrackJudge end = new TrackJudge(policy, 1);
        for (int first = 0; first < 160; first += 16) {
            add(end, first, 16, -9);
        }
        add(end, 160, 16, 9);
        assertThat(end.judge(ended(Cause.LEFT)).decision()).isEqualTo(Decision.FAKE);
    }

    @Test
    void shouldNotTakeOneSuspectClipInManyForAFake() {
        for (int first = 0; first < 320; first += 16) {
            add(first, 16, first == 160 ? 2.5 : -9);
        }
        Judgement judgement = track.judge(ended(Cause.LEFT));
        assertThat(judgement.decision()).isEqualTo(Decision.REAL);
        assertThat(judgement.face().orElseThrow().suspect()).hasSize(1);
    }

    @Test
    void shouldNotCallAFaceRealWhileOneOfItsClipsIsFake() {
        // By itself the clip is fake: its lower bound is a logit of 0.93, the threshold one of 0.85. Among twenty it is
        // not.
        for (int first = 0; first < 320; first += 16) {
            add(first, 16, first == 160 ? 3 : -9);
        }
        Judgement judgement = track.judge(ended(Cause.LEFT));

        assertThat(judgement.decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(judgement.score().orElseThrow().interval().spans(0.7)).isTrue();
        assertThat(logit(judgement))
                .isCloseTo((19 * Verdicts.CALIBRATION.logit(-9) + Verdicts.CALIBRATION.logit(3)) / 20, within(1e-9));
    }

    @Test
    void shouldNotLetBarelySuspectNeighboursHideACertainClip() {
        for (int first = 0; first < 640; first += 16) {
            add(first, 16, first == 320 ? 6 : 1.7);
        }
        Judgement judgement = track.judge(ended(Cause.LEFT));

        assertThat(judgement.decision()).isEqualTo(Decision.FAKE);
        assertThat(logit(judgement)).isCloseTo(Verdicts.CALIBRATION.logit(6), within(1e-9));
    }

    @Test
    void shouldFindTheFakePartBehindMomentsThatCouldNotBeJudged() {
        add(0, 16, -9);
        refuse(16, 16, BLURRED);
        add(32, 16, 9);
        refuse(48, 16, BLURRED);
        add(64, 16, -9);
        assertThat(track.judge(ended(Cause.LEFT)).decision()).isEqualTo(Decision.FAKE);
    }

    @Test
    void shouldNotDecideAFaceOfWhichOneClipHasMappedColours() {
        for (int first = 0; first < 320; first += 16) {
            add(first, first == 160 ? Set.of(Reason.COLOUR_MAPPED) : Set.of(), -9);
        }
        Judgement judgement = track.judge(ended(Cause.LEFT));

        assertThat(judgement.decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(judgement.reasons()).containsExactly(Reason.COLOUR_MAPPED);
    }

    @Test
    void shouldNotCallAFaceFakeByClipsWithMappedColours() {
        for (int first = 0; first < 320; first += 16) {
            add(first, Set.of(Reason.COLOUR_MAPPED), 9);
        }
        assertThat(track.judge(ended(Cause.LEFT)).decision()).isEqualTo(Decision.INCONCLUSIVE);
    }

    @Test
    void shouldCallAFaceFakeBesideClipsWithMappedColours() {
        for (int first = 0; first < 320; first += 16) {
            add(first, first < 160 ? Set.of(Reason.COLOUR_MAPPED) : Set.of(), first < 160 ? -9 : 9);
        }
        Judgement judgement = track.judge(ended(Cause.LEFT));

        assertThat(judgement.decision()).isEqualTo(Decision.FAKE);
        assertThat(judgement.reasons()).containsExactly(Reason.COLOUR_MAPPED);
    }

    @Property(tries = 200)
    void shouldNeverCallAFaceRealWhileOneOfItsClipsIsFake(
            @ForAll @Size(min = 1, max = 40) List<@DoubleRange(min = -12, max = 12) Double> clips) {
        TrackJudge any = new TrackJudge(policy, 1);
        boolean fakeClip = false;
        for (int i = 0; i < clips.size(); i++) {
            fakeClip |= add(any, 8 * i, 16, clips.get(i)).decision() == Decision.FAKE;
        }
        Decision decision = any.judge(ended(Cause.LEFT)).decision();
        if (fakeClip) {
            assertThat(decision).isNotEqualTo(Decision.REAL);
        }
    }

    @Test
    void shouldBelieveUncertainClipsThatFollowEachOther() {
        for (int first = 0; first < 1_600; first += 16) {
            add(first, 16, first >= 480 && first < 960 ? 3 : -9);
        }
        assertThat(track.judge(ended(Cause.LEFT)).decision()).isEqualTo(Decision.FAKE);
    }

    @Test
    void shouldTellWhenDamageCutTheFaceOff() {
        add(0, 16, 3);
        Judgement judgement =
                track.judge(new TrackEnded(3, 0, 1, Cause.SOURCE_ENDED, new Coverage(90, 16, 16, 30, 0, 0)));
        assertThat(judgement.reasons()).containsExactly(Reason.DECODE_ERROR);
        assertThat(judgement.score()).isPresent();
    }

    @Test
    void shouldBeNotEvaluableWhenNoClipWasJudged() {
        refuse(0, 16, BLURRED);
        Judgement judgement = track.judge(ended(Cause.SOURCE_ENDED));
        assertThat(judgement.decision()).isEqualTo(Decision.NOT_EVALUABLE);
        assertThat(judgement.reasons()).containsExactly(Reason.BLURRED, Reason.TOO_FEW_FRAMES);
        assertThat(judgement.face().orElseThrow().framesScored()).isZero();
    }

    @Test
    void shouldSayThatTheTrackWasLostWhenTheFaceLeftBeforeAnyClip() {
        assertThat(track.judge(ended(Cause.LEFT)).reasons()).containsExactly(Reason.TOO_FEW_FRAMES, Reason.TRACK_LOST);
    }

    @Test
    void shouldNotTellAProblemOfOneClipInMany() {
        refuse(0, 16, BLURRED);
        for (int first = 16; first < 160; first += 16) {
            add(first, 16, 3);
        }
        assertThat(track.judge(ended(Cause.LEFT)).reasons()).isEmpty();
    }

    @Test
    void shouldCountFramesThatClipsShareOnceAndKeepTheirScore() {
        refuse(0, 8, BLURRED);
        add(8, 16, 3);
        add(16, 16, 3);
        Verdict.Face face = track.judge(ended(Cause.LEFT)).face().orElseThrow();
        assertThat(face.track()).isEqualTo(3);
        assertThat(face.framesScored()).isEqualTo(24);
        assertThat(face.frames()).hasSize(32);
    }

    @Test
    void shouldMergeOverlappingSuspectClips() {
        add(0, 16, 9);
        add(8, 16, 9);
        add(24, 16, -9);
        add(40, 16, 9);
        assertThat(track.judge(ended(Cause.LEFT)).face().orElseThrow().suspect())
                .containsExactly(
                        new Verdict.Face.Suspect(0, 24 * 125_000),
                        new Verdict.Face.Suspect(40 * 125_000, 56 * 125_000));
    }

    @Property(tries = 30)
    void shouldKeepAnEvenSelectionOfALongTracksFrames(@ForAll @IntRange(min = 1, max = 200) int clips) {
        TrackJudge longTrack = new TrackJudge(policy, 1);
        for (int i = 0; i < clips; i++) {
            add(longTrack, 16 * i, 16, 3);
        }
        Verdict.Face face = longTrack.judge(ended(Cause.LEFT)).face().orElseThrow();
        assertThat(face.framesScored()).isEqualTo(16 * clips);
        assertThat(face.frames())
                .hasSizeBetween(Math.min(16 * clips, Verdict.Face.MAX_FRAMES / 2), Verdict.Face.MAX_FRAMES);
        List<Long> times =
                face.frames().stream().map(Verdict.Face.Frame::timeMicros).toList();
        long step = times.get(1) - times.get(0);
        for (int i = 1; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 1)).isEqualTo(step);
        }
    }

    @Property(tries = 100)
    void shouldLieBetweenItsClips(
            @ForAll @DoubleRange(min = -20, max = 20) double one,
            @ForAll @DoubleRange(min = -20, max = 20) double other) {
        TrackJudge both = new TrackJudge(policy, 1);
        add(both, 0, 16, one);
        add(both, 16, 9, other);
        double low = Verdicts.CALIBRATION.logit(Math.min(one, other));
        double high = Verdicts.CALIBRATION.logit(Math.max(one, other));
        assertThat(logit(both.judge(ended(Cause.LEFT)))).isBetween(low - 1e-9, high + 1e-9);
    }

    @Test
    void shouldFindATrackOutOfDistributionByTheMeanDistanceOfItsClips() {
        Judgement near = judged(9, 1, 3.9);
        assertThat(near.decision()).isEqualTo(Decision.FAKE);
        assertThat(near.reasons()).isEmpty();

        Judgement far = judged(9, 1, 4, 4);
        assertThat(far.decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(far.reasons()).containsExactly(Reason.OUT_OF_DISTRIBUTION);
        assertThat(far.score().orElseThrow().distance()).contains(new Verdict.Distance(3, 2.5));
    }

    @Test
    void shouldNotCallAFaceFakeForAPartThatIsOutOfDistribution() {
        var authentic = new TrackJudge(VerdictPolicyTest.knowing(2.5), 3);
        for (int clip = 0; clip < 6; clip++) {
            boolean suspect = clip == 5;
            add(
                    VerdictPolicyTest.knowing(2.5),
                    authentic,
                    16 * clip,
                    Verdicts.score(suspect ? 12 : -9, new double[16], Optional.of(suspect ? 3.0 : 0.5)));
        }
        assertThat(authentic.judge(ended(Cause.LEFT)).decision()).isEqualTo(Decision.REAL);
    }

    @Test
    void shouldFindTheFakePartBesideOneThatIsOutOfDistribution() {
        VerdictPolicy knowing = VerdictPolicyTest.knowing(2.5);
        var judge = new TrackJudge(knowing, 3);
        for (int clip = 0; clip < 20; clip++) {
            double raw = clip == 5 ? 12 : clip == 12 ? 10 : -9;
            add(knowing, judge, 16 * clip, Verdicts.score(raw, new double[16], Optional.of(clip == 5 ? 3.0 : 0.5)));
        }
        Judgement judgement = judge.judge(ended(Cause.LEFT));

        assertThat(judgement.decision()).isEqualTo(Decision.FAKE);
        assertThat(logit(judgement)).isCloseTo(Verdicts.CALIBRATION.logit(10), within(1e-9));
    }

    @Test
    void shouldGoOnFromWhatAnotherJudgeRemembers() {
        TrackJudge other = new TrackJudge(policy, 3);
        for (int clip = 0; clip < 40; clip++) {
            double raw = 6 * Math.sin(clip);
            add(track, 8 * clip, 16, raw);
            add(other, 8 * clip, 16, raw);
            other = TrackJudge.of(policy, 3, other.memory());
        }

        assertThat(other.judge(ended(Cause.LEFT))).isEqualTo(track.judge(ended(Cause.LEFT)));
    }

    /** The verdict on clips of one logit at these distances, with a limit of 2.5. */
    private static Judgement judged(double raw, double... distances) {
        VerdictPolicy knowing = VerdictPolicyTest.knowing(2.5);
        var judge = new TrackJudge(knowing, 3);
        for (int clip = 0; clip < distances.length; clip++) {
            add(knowing, judge, 16 * clip, Verdicts.score(raw, new double[16], Optional.of(distances[clip])));
        }
        return judge.judge(ended(Cause.LEFT));
    }

    private void add(int first, Set<Reason> met, double raw) {
        Gating gating =
                policy.gate(VerdictPolicyTest.clip(first, Collections.nCopies(16, VerdictPolicyTest.GOOD)), met);
        track.add(gating, policy.judge(gating, Verdicts.score(raw, new double[16])));
    }

    private static Judgement add(VerdictPolicy policy, TrackJudge judge, int first, ClipScore score) {
        int samples = score.frameLogits().length;
        Gating gating = policy.gate(
                VerdictPolicyTest.clip(first, Collections.nCopies(samples, VerdictPolicyTest.GOOD)), Set.of());
        Judgement judgement = policy.judge(gating, score);
        judge.add(gating, judgement);
        return judgement;
    }

    private static TrackEnded ended(Cause cause) {
        return new TrackEnded(3, 0, 1, cause, new Coverage(60, 16, 16, 0, 0, 0));
    }

    private void add(int first, int samples, double raw) {
        add(track, first, samples, raw);
    }

    private Judgement add(TrackJudge judge, int first, int samples, double raw) {
        return add(policy, judge, first, Verdicts.score(raw, new double[samples]));
    }

    private void refuse(int first, int samples, FaceQuality quality) {
        Gating gating = policy.gate(VerdictPolicyTest.clip(first, Collections.nCopies(samples, quality)), Set.of());
        track.add(gating, policy.refuse(gating));
    }

    private static double logit(Judgement judgement) {
        return judgement.score().orElseThrow().logit();
    }
}
