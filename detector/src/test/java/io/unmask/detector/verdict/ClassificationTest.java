package io.unmask.detector.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.unmask.detector.TestSettings;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.model.score.ClipScorer.ClipScore;
import io.unmask.model.spec.OutOfDistribution;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model whose labels are others than real and fake: how it is decided, and the event. */
class ClassificationTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonSchema SCHEMA = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(VerdictEvent.class.getResourceAsStream("classification-v1.json"));

    private final VerdictPolicy policy = policy(0.5, Optional.empty());

    @Test
    void shouldGiveTheSoftmaxOfTheLogitsAtTheModelsTemperature() {
        // The temperature is 1.5; the bias, a detector's, moves all labels alike.
        var labels = judge(3, 0, -1.5).labels().orElseThrow();

        double sum = Math.exp(2) + Math.exp(0) + Math.exp(-1);
        assertThat(labels.all())
                .extracting(Verdict.Labels.Label::label)
                .containsExactly("silent", "speaking", "chewing");
        assertThat(labels.all().get(0).p()).isCloseTo(Math.exp(2) / sum, within(1e-12));
        assertThat(labels.all().get(1).p()).isCloseTo(1 / sum, within(1e-12));
        assertThat(labels.all().get(2).p()).isCloseTo(Math.exp(-1) / sum, within(1e-12));
        assertThat(labels.all().get(0).logit() - labels.all().get(1).logit()).isCloseTo(2, within(1e-12));
    }

    @Test
    void shouldChooseTheMostProbableLabelWhereItsWholeIntervalReachesTheThreshold() {
        Judgement certain = judge(0, 6, 0);
        assertThat(certain.decision()).isEqualTo(Decision.LABELLED);
        assertThat(certain.labels().orElseThrow().mostProbable().label()).isEqualTo("speaking");
        assertThat(certain.score()).isEmpty();

        Judgement uncertain = judge(0, 1.5, 0);
        assertThat(uncertain.labels().orElseThrow().mostProbable().p()).isGreaterThan(0.5);
        assertThat(uncertain.labels().orElseThrow().interval().low()).isLessThan(0.5);
        assertThat(uncertain.decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(uncertain.reasons()).isEmpty();
    }

    @Test
    void shouldChooseNothingBelowAThresholdThatWasSetByHand() {
        VerdictPolicy strict = policy(0.99, Optional.empty());
        assertThat(judge(strict, score(0, 6, 0)).decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(judge(strict, score(0, 12, 0)).decision()).isEqualTo(Decision.LABELLED);
    }

    @Test
    void shouldDecideTwoLabelsAsRealAndFakeAreDecidedAtAnEvenThreshold() {
        for (double raw = -8; raw <= 8; raw += 0.25) {
            double shifted = raw + 0.25 * 1.5; // A detector's bias is -0.25.
            Decision detector = judge(
                            new VerdictPolicy(Verdicts.DETECTOR, Optional.empty(), TestSettings.threshold(0.5)),
                            score(0, shifted))
                    .decision();
            Judgement labelled = judge(policy("silent", "speaking"), score(0, raw));
            String expected =
                    switch (detector) {
                        case FAKE -> "speaking";
                        case REAL -> "silent";
                        default -> "";
                    };
            assertThat(
                            labelled.decision() == Decision.LABELLED
                                    ? labelled.labels()
                                            .orElseThrow()
                                            .mostProbable()
                                            .label()
                                    : "")
                    .as("logit %s", raw)
                    .isEqualTo(expected);
        }
    }

    @Test
    void shouldChooseNothingForAFaceThatIsOutOfDistribution() {
        VerdictPolicy knowing = policy(0.5, Optional.of(new OutOfDistribution(2, 0.05, "d".repeat(64))));
        ClipScore strange = new ClipScore(new double[] {0, 20, 0}, frames(0, 20, 0), Optional.of(2.5));

        Judgement judgement = judge(knowing, strange);

        assertThat(judgement.decision()).isEqualTo(Decision.INCONCLUSIVE);
        assertThat(judgement.reasons()).containsExactly(Reason.OUT_OF_DISTRIBUTION);
    }

    @Test
    void shouldTellEachFramesProbabilitiesAndNoSuspectFrames() {
        var face = judge(0, 6, 0).face().orElseThrow();

        assertThat(face.framesScored()).isEqualTo(16);
        assertThat(face.suspect()).isEmpty();
        assertThat(face.frames()).allSatisfy(frame -> {
            assertThat(frame.pFake()).isEmpty();
            assertThat(frame.p().orElseThrow()).hasSize(3);
            assertThat(frame.p().orElseThrow().get(1)).isCloseTo(Math.exp(4) / (Math.exp(4) + 2), within(1e-12));
        });
    }

    @Test
    void shouldJudgeAFaceByTheMeanOfItsClips() {
        TrackJudge track = new TrackJudge(policy, 1);
        for (double[] logits : List.of(new double[] {0, 9, 0}, new double[] {3, 0, 0}, new double[] {3, 0, 0})) {
            Gating gating = gating(policy);
            track.add(gating, policy.judge(gating, score(logits)));
        }

        Judgement face = track.judge(new TrackEnded(1, 0, 1, TrackEnded.Cause.LEFT, Coverage.NONE));

        var labels = face.labels().orElseThrow();
        assertThat(labels.all().get(1).logit() - labels.all().get(2).logit()).isCloseTo(2, within(1e-9));
        assertThat(labels.all().get(0).logit() - labels.all().get(2).logit()).isCloseTo(4 / 3.0, within(1e-9));
        assertThat(labels.mostProbable().label()).isEqualTo("speaking");
        assertThat(face.face().orElseThrow().framesScored()).isEqualTo(16);
    }

    @Test
    void shouldBeAnEventOfItsOwnThatTheSchemaHolds() throws IOException {
        Verdict verdict = Verdicts.verdict("clip", 7, Verdict.Kind.CLIP, judge(0, 6, 0));
        CloudEvent event = VerdictEvent.of(verdict);

        assertThat(event.getType()).isEqualTo("io.unmask.classification.clip.v1");
        assertThat(event.getDataSchema()).hasToString("urn:unmask:schema:classification-v1");
        assertThat(event.getSubject()).isEqualTo("face/1");
        assertThat(data(event).get("label").asText()).isEqualTo("speaking");
        assertThat(data(event).get("labels").get(1).get("label").asText()).isEqualTo("speaking");
        assertThat(data(event).toString()).doesNotContain("p_fake", "\"verdict\"", "suspect");
        assertValidAndReadBack(verdict);
    }

    @Test
    void shouldTellATrackInAnEventOfItsOwn() throws IOException {
        Verdict verdict = Verdicts.verdict("clip", 7, Verdict.Kind.TRACK, judge(0, 1.5, 0));

        assertThat(VerdictEvent.of(verdict).getType()).isEqualTo("io.unmask.classification.track.v1");
        assertThat(data(VerdictEvent.of(verdict)).get("label").asText()).isEqualTo("inconclusive");
        assertValidAndReadBack(verdict);
    }

    @Test
    void shouldCarryNoProbabilityWhenThereIsNothingToJudge() throws IOException {
        Verdict verdict = Verdicts.verdict(
                "clip",
                0,
                Verdict.Kind.TRACK,
                policy.noFace(new Coverage(60, 16, 0, 0, 0, 0), Set.of()),
                Verdicts.CLASSIFIER);

        ObjectNode data = data(VerdictEvent.of(verdict));
        assertThat(data.get("label").asText()).isEqualTo("not_evaluable");
        assertThat(data.fieldNames()).toIterable().doesNotContain("labels", "interval", "face");
        assertValidAndReadBack(verdict);
        assertThat(SCHEMA.validate(data.set("labels", data(speaking()).get("labels"))))
                .isNotEmpty();
    }

    @Property(tries = 100)
    void shouldReadBackWhateverIsDecided(
            @ForAll @DoubleRange(min = -700, max = 700) double one,
            @ForAll @DoubleRange(min = -700, max = 700) double other)
            throws IOException {
        assertValidAndReadBack(Verdicts.verdict("s", 1, Verdict.Kind.CLIP, judge(one, other, 0)));
    }

    @Test
    void shouldRefuseAnEventWhoseLabelIsNotItsMostProbableOne() throws IOException {
        CloudEvent event = speaking();
        ObjectNode data = data(event).put("label", "silent");
        assertThatThrownBy(() -> VerdictEvent.parse(withData(event, data)))
                .isInstanceOf(EventFormatException.class)
                .hasMessageContaining("its label is silent, its most probable one is speaking");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/properties/clip",
                "/properties/reasons/items",
                "/properties/evidence",
                "/properties/face/properties/frames",
                "/$defs/stream",
                "/$defs/coverage",
                "/$defs/frame/properties/box",
                "/$defs/frame/properties/quality"
            })
    void shouldTellTheSameAsAVerdictBesideTheLabel(String part) throws IOException {
        assertThat(SCHEMA.getSchemaNode().at(part))
                .isEqualTo(MAPPER.readTree(VerdictEvent.class.getResourceAsStream("verdict-v1.json"))
                        .at(part))
                .isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "label", "reasons", "labels", "interval", "calibration", "coverage", "model"})
    void shouldRefuseDataWithoutAField(String field) throws IOException {
        CloudEvent event = speaking();
        ObjectNode data = data(event).without(field);
        assertThat(SCHEMA.validate(data)).isNotEmpty();
        assertThatThrownBy(() -> VerdictEvent.parse(withData(event, data))).isInstanceOf(EventFormatException.class);
    }

    private CloudEvent speaking() {
        return VerdictEvent.of(Verdicts.verdict("clip", 7, Verdict.Kind.CLIP, judge(0, 6, 0)));
    }

    private static void assertValidAndReadBack(Verdict verdict) throws IOException {
        CloudEvent event = VerdictEvent.of(verdict);
        assertThat(SCHEMA.validate(data(event))).isEmpty();
        assertThat(VerdictEvent.isVerdict(event)).isTrue();
        assertThat(VerdictEvent.parse(event)).isEqualTo(verdict);
    }

    private static CloudEvent withData(CloudEvent event, ObjectNode data) throws IOException {
        return CloudEventBuilder.from(event)
                .withData(MAPPER.writeValueAsBytes(data))
                .build();
    }

    private static ObjectNode data(CloudEvent event) throws IOException {
        return (ObjectNode) MAPPER.readTree(event.getData().toBytes());
    }

    private Judgement judge(double... logits) {
        return judge(policy, score(logits));
    }

    private static Judgement judge(VerdictPolicy policy, ClipScore score) {
        return policy.judge(gating(policy), score);
    }

    private static Gating gating(VerdictPolicy policy) {
        return policy.gate(VerdictPolicyTest.clip(0, Collections.nCopies(16, VerdictPolicyTest.GOOD)), Set.of());
    }

    private static ClipScore score(double... logits) {
        return new ClipScore(logits, frames(logits), Optional.empty());
    }

    private static double[][] frames(double... logits) {
        return Collections.nCopies(16, logits).toArray(double[][]::new);
    }

    private static VerdictPolicy policy(double threshold, Optional<OutOfDistribution> unfamiliar) {
        return new VerdictPolicy(Verdicts.CLASSIFIER, unfamiliar, TestSettings.threshold(threshold));
    }

    private static VerdictPolicy policy(String... labels) {
        Verdict.Model model =
                new Verdict.Model("two", "1", "a".repeat(64), "b".repeat(64), Verdicts.CALIBRATION, List.of(labels));
        return new VerdictPolicy(model, Optional.empty(), TestSettings.threshold(0.5));
    }
}
