package io.unmask.detector.federate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each record is what its schema says, and the AsyncAPI document names each schema. */
class FederationSchemaTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Transfer TRANSFER = Transfer.of(new byte[] {1, 2, 3});
    private static final Plan.Network NETWORK =
            new Plan.Network("small", List.of("real", "fake"), TRANSFER.digest(), TRANSFER);
    private static final Round.Judgement JUDGEMENT = new Round.Judgement(0.5, 0.7, true);

    @TempDir
    Path folder;

    @Test
    void shouldSayWhatTheSchemasPromise() throws IOException {
        SiteKeys keys = SiteKeys.in(folder);
        Plan plan = new Plan(
                "faces",
                3,
                3,
                60,
                new Plan.Protection(true, 10, 1000, 1, 1e-5, true),
                new Plan.Effort(1, 10, 1000),
                Map.of("seed", "7"),
                NETWORK,
                List.of(keys.member("bank")));
        var outcome = new Round.Outcome(
                List.of(0.5), Optional.of(0.4), Optional.of(5.3), 12, Optional.of(TRANSFER), "as it should be");
        Round round = new Round(
                "faces",
                2,
                Round.Stage.AGGREGATED,
                Instant.EPOCH,
                7,
                TRANSFER,
                List.of(new Round.Participant("bank", 12, "key", JUDGEMENT)),
                List.of("bank"),
                List.of(new Round.Refusal("press", "is not registered", 2)),
                outcome);

        requireValid("plan", plan);
        requireValid("round", round);
        requireValid("round", round.withOutcome(Round.Outcome.NONE));
        requireValid(
                "announcement",
                new SiteMessage.Announcement("faces", 2, "bank", 12, NETWORK, "key", Map.of("bank", "x"), JUDGEMENT));
        requireValid("update", new SiteMessage.Update("faces", 2, "bank", "start", "key", TRANSFER));
        requireValid("reveal", new SiteMessage.Reveal("faces", 2, "bank", Map.of("bank", "x"), Map.of()));
        SiteMessages.chunks(
                        new byte[2_000_000],
                        new SiteMessages.Place("t", "k", true, SiteMessages.headers("chunk", "faces", "bank")),
                        keys)
                .forEach(chunk -> requireValid("headers", chunk.headers()));
        assertThat(FederationJson.read(FederationJson.bytes(round), Round.class))
                .isEqualTo(round);
        assertThat(FederationJson.read(FederationJson.bytes(plan), Plan.class)).isEqualTo(plan);
    }

    private static void requireValid(String schema, Object record) {
        try (InputStream in = FederationSchemaTest.class.getResourceAsStream("federation-" + schema + "-v1.json")) {
            var validator = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(in);
            byte[] bytes = FederationJson.bytes(record);
            assertThat(validator.validate(MAPPER.readTree(bytes)))
                    .as(new String(bytes, StandardCharsets.UTF_8))
                    .isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plan", "round", "announcement", "update", "reveal", "headers"})
    void shouldBeInTheAsyncApiDocument(String schema) throws IOException {
        assertThat(Files.readString(Path.of(System.getProperty("unmask.root"), "docs/events.md")))
                .contains(
                        "../detector/src/main/resources/io/unmask/detector/federate/federation-" + schema + "-v1.json");
    }
}
