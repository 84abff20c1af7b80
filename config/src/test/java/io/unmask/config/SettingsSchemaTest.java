package io.unmask.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Renew the committed schema with {@code mvn -pl config test -Dtest=SettingsSchemaTest -Drenew}. */
final class SettingsSchemaTest {
    private static final String SCHEMA = SettingsLoader.ofService().jsonSchema();

    @Test
    void shouldBeCommittedAsItIsGenerated() throws IOException {
        Path committed = Path.of(
                System.getProperty("unmask.root"), "config/src/main/resources/io/unmask/config/unmask.schema.json");
        if (System.getProperty("renew") != null) {
            Files.writeString(committed, SCHEMA);
        }

        assertThat(committed).hasContent(SCHEMA);
    }

    @Test
    void shouldAcceptThePackagedDefaults() {
        assertThat(schema().validate(SettingsLoader.ofService().defaultsFile(), InputFormat.YAML))
                .isEmpty();
    }

    @Test
    void shouldRefuseWhatTheLoaderRefuses() {
        assertThat(schema().validate("clip: {frames: 0}", InputFormat.YAML)).hasSize(1);
        assertThat(schema().validate("clip: {frame: 16}", InputFormat.YAML)).hasSize(1);
        assertThat(schema().validate("kafka: {bootstrap-servers: localhost}", InputFormat.YAML))
                .hasSize(1);
        assertThat(schema().validate("broker: {port: 1}", InputFormat.YAML)).isEmpty();
    }

    @Test
    void shouldExplainEachKey() throws IOException {
        JsonNode hop = new ObjectMapper().readTree(SCHEMA).at("/properties/clip/properties/hop");

        assertThat(hop.get("description").asText())
                .isEqualTo("Frames from the start of a clip to the start of the next.");
        assertThat(hop.get("maximum").asInt()).isEqualTo(64);
    }

    private static JsonSchema schema() {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(SCHEMA);
    }
}
