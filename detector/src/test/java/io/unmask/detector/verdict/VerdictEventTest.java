package io.unmask.detector.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Kind;
import io.unmask.ingest.clip.Coverage;
import io.unmask.model.spec.Calibration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictEventTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final JsonSchema VERDICT = schema("verdict-v1.json");
    private static final JsonSchema STATE = schema("stream-state-v1.json");

    @Test
    void shouldBeTheGoldenEvent() throws IOException {
        byte[] event = EventLine.of(VerdictEvent.of(Verdicts.fake("clip", 7)));
        if (Boolean.getBoolean("unmask.golden.renew")) {
            Files.writeString(
                    Path.of("src/test/resources/io/unmask/detector/verdict/golden-clip.json"),
                    MAPPER.readTree(event).toPrettyString() + "\n");
        }
        try (InputStream golden = VerdictEventTest.class.getResourceAsStream("golden-clip.json")) {
            assertThat(MAPPER.readTree(event))
                    .as("renew with -Dunmask.golden.renew=true, and review the change")
                    .isEqualTo(MAPPER.readTree(golden));
        }
    }

    @Test
    void shouldCountAlikeWhateverTheMachinesLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            assertThat(VerdictEvent.of(Verdicts.fake("clip", 7)).getExtension("sequence"))
                    .isEqualTo("000000000007");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void shouldValidateAndReadBackAVerdictWithAFace() throws IOException {
        assertValidAndReadBack(Verdicts.fake("clip", 7));
    }

    @Test
    void shouldReadAnEventOfBeforeCoverageToldWhatWasOmitted() throws IOException {
        Verdict verdict = Verdicts.fake("clip", 7);
        CloudEvent event = VerdictEvent.of(verdict);
        ObjectNode data = data(event);
        ((ObjectNode) data.get("coverage")).remove("omitted");

        CloudEvent old = CloudEventBuilder.from(event)
                .withData(MAPPER.writeValueAsBytes(data))
                .build();

        assertThat(VerdictEvent.parse(old)).isEqualTo(verdict);
    }

    @Test
    void shouldCarryNoProbabilityWhenThereIsNothingToJudge() throws IOException {
        Verdict verdict = Verdicts.noFace("clip", 0);
        assertValidAndReadBack(verdict);
        assertThat(data(VerdictEvent.of(verdict)).fieldNames())
                .toIterable()
                .doesNotContain("p_fake", "logit", "interval", "face");
        assertThat(VerdictEvent.of(verdict).getSubject()).isNull();
        assertThat(VerdictEvent.of(verdict).getType()).isEqualTo("io.unmask.verdict.track.v1");
    }

    @Property(tries = 200)
    void shouldValidateAndReadBackWhateverIsDecided(
            @ForAll Decision decision,
            @ForAll @NotEmpty @Size(max = 11) Set<Reason> reasons,
            @ForAll @DoubleRange(min = -60, max = 60) double logit,
            @ForAll Kind kind,
            @ForAll boolean knowing)
            throws IOException {
        var distance = Optional.of(new Verdict.Distance(1.5, 2.5)).filter(told -> knowing);
        Assume.that(decision != Decision.LABELLED);
        boolean judged = decision != Decision.NOT_EVALUABLE;
        Judgement judgement = new Judgement(
                decision,
                Judgement.ordered(reasons),
                judged
                        ? Optional.of(new Verdict.Score(
                                Calibration.probability(logit),
                                logit,
                                Verdicts.CALIBRATION.interval(logit, 2),
                                distance))
                        : Optional.empty(),
                Optional.empty(),
                judged ? Optional.of(new Verdict.Face(2, 16, List.of(), List.of())) : Optional.empty());
        assertValidAndReadBack(Verdicts.verdict("stream", 1, kind, judgement));
    }

    @ParameterizedTest
    @EnumSource
    void shouldValidateAndReadBackEveryState(StreamState.State state) throws IOException {
        StreamState said = new StreamState(
                "id",
                new Verdict.Stream("a", "s", "rtsp://***@camera/1"),
                3,
                state,
                "no frame for 10 s",
                5,
                Instant.EPOCH,
                Coverage.NONE);
        CloudEvent event = VerdictEvent.of(said);
        assertThat(STATE.validate(data(event))).isEmpty();
        assertThat(event.getType()).isEqualTo("io.unmask.stream.state.v1");
        assertThat(VerdictEvent.parseState(event)).isEqualTo(said);
    }

    @Test
    void shouldReadAVerdictThatALaterMinorVersionAddedAFieldTo() throws IOException {
        Verdict verdict = Verdicts.fake("clip", 7);
        CloudEvent event = VerdictEvent.of(verdict);
        ObjectNode data = data(event).put("added_later", 1);
        assertThat(VerdictEvent.parse(withData(event, data))).isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stream", "clip", "verdict", "reasons", "threshold", "calibration", "coverage", "model"})
    void shouldRefuseDataWithoutAField(String field) throws IOException {
        CloudEvent event = VerdictEvent.of(Verdicts.fake("clip", 7));
        ObjectNode data = data(event).without(field);
        assertThat(VERDICT.validate(data)).isNotEmpty();
        assertThatThrownBy(() -> VerdictEvent.parse(withData(event, data))).isInstanceOf(EventFormatException.class);
    }

    @Test
    void shouldFindInvalidWhatMustNotHappen() throws IOException {
        assertThat(VERDICT.validate(
                        data(VerdictEvent.of(Verdicts.noFace("a", 0))).put("p_fake", 0.5)))
                .as("a probability of nothing")
                .isNotEmpty();
        assertThat(VERDICT.validate(data(VerdictEvent.of(Verdicts.fake("a", 0))).without("p_fake")))
                .as("a judgement without its probability")
                .isNotEmpty();
        assertThat(VERDICT.validate(data(VerdictEvent.of(Verdicts.fake("a", 0))).put("p_real", 0.5)))
                .as("an unknown field")
                .isNotEmpty();
        assertThat(VERDICT.validate(data(VerdictEvent.of(Verdicts.fake("a", 0))).put("p_fake", 1.5)))
                .as("a probability above 1")
                .isNotEmpty();
    }

    @Test
    void shouldKnowEveryReasonAndDecisionInTheSchema() throws IOException {
        JsonNode schema = VERDICT.getSchemaNode().get("properties");
        assertThat(schema.get("reasons").get("items").get("enum"))
                .extracting(JsonNode::asText)
                .isEqualTo(names(EnumSet.allOf(Reason.class)));
        assertThat(schema.get("verdict").get("enum"))
                .extracting(JsonNode::asText)
                .isEqualTo(names(EnumSet.complementOf(EnumSet.of(Decision.LABELLED))));
    }

    @Test
    void shouldNameTheEventThatIsNoVerdict() {
        CloudEvent foreign = CloudEventBuilder.v1(VerdictEvent.of(Verdicts.fake("a", 0)))
                .withType("com.example.other")
                .build();
        assertThat(VerdictEvent.isVerdict(foreign)).isFalse();
        assertThatThrownBy(() -> VerdictEvent.parse(foreign))
                .isInstanceOf(EventFormatException.class)
                .hasMessage("event a-CLIP-0 is no verdict: its type is com.example.other");
    }

    private static void assertValidAndReadBack(Verdict verdict) throws IOException {
        CloudEvent event = VerdictEvent.of(verdict);
        Set<ValidationMessage> problems = VERDICT.validate(data(event));
        assertThat(problems).isEmpty();
        assertThat(VerdictEvent.parse(event)).isEqualTo(verdict);
        assertThat(VerdictEvent.parse(EventLine.parse(EventLine.of(event)))).isEqualTo(verdict);
    }

    private static List<String> names(Set<? extends Enum<?>> values) {
        return values.stream()
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static CloudEvent withData(CloudEvent event, JsonNode data) throws IOException {
        return CloudEventBuilder.v1(event)
                .withData(MAPPER.writeValueAsBytes(data))
                .build();
    }

    private static ObjectNode data(CloudEvent event) throws IOException {
        return (ObjectNode) MAPPER.readTree(event.getData().toBytes());
    }

    private static JsonSchema schema(String name) {
        JsonSchemaFactory factory = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
        return factory.getSchema(VerdictEvent.class.getResourceAsStream(name));
    }
}
