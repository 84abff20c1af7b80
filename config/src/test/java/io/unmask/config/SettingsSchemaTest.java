package io.unmask.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Renew the committed schemas with {@code mvn -pl config test -Dtest=SettingsSchemaTest -Drenew}. */
final class SettingsSchemaTest {
    private static final SettingsLoader<Settings> SERVICE = SettingsLoader.ofService();

    static Stream<Arguments> loaders() {
        return Stream.of(
                Arguments.of("unmask.schema.json", SERVICE),
                Arguments.of("train.schema.json", TrainSettings.loader()),
                Arguments.of("forge.schema.json", ForgeSettings.loader()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("loaders")
    void shouldBeCommittedAsItIsGenerated(String name, SettingsLoader<?> loader) throws IOException {
        Path committed = Path.of(System.getProperty("unmask.root"), "config/src/main/resources/io/unmask/config", name);
        if (System.getProperty("renew") != null) {
            Files.writeString(committed, loader.jsonSchema());
        }

        assertThat(committed).hasContent(loader.jsonSchema());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("loaders")
    void shouldAcceptThePackagedDefaults(String name, SettingsLoader<?> loader) {
        assertThat(complaints(loader, loader.defaultsFile())).isEmpty();
    }

    @Test
    void shouldRefuseWhatTheLoaderRefuses() {
        assertThat(complaints(SERVICE, "clip: {frames: 0}")).hasSize(1);
        assertThat(complaints(SERVICE, "clip: {frame: 16}")).hasSize(1);
        assertThat(complaints(SERVICE, "kafka: {bootstrap-servers: localhost}")).hasSize(1);
        assertThat(complaints(SERVICE, "broker: {port: 1}")).isEmpty();
    }

    @Test
    void shouldExplainEachKey() throws IOException {
        JsonNode hop = new ObjectMapper().readTree(SERVICE.jsonSchema()).at("/properties/clip/properties/hop");

        assertThat(hop.get("description").asText())
                .isEqualTo("Frames from the start of a clip to the start of the next.");
        assertThat(hop.get("maximum").asInt()).isEqualTo(64);
    }

    private static Set<?> complaints(SettingsLoader<?> loader, String yaml) {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(loader.jsonSchema())
                .validate(yaml, InputFormat.YAML);
    }
}
