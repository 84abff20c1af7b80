package io.unmask.detector.broker;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.unmask.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** What a running embedded broker tells other processes, in {@code broker.json}: valid while its lock is held. */
record BrokerFile(String host, int port, long pid) {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    String bootstrapServers() {
        return host + ":" + port;
    }

    void write(Path file) throws IOException {
        PrivateFiles.replace(file, MAPPER.writeValueAsBytes(this));
    }

    /** Empty while the broker that holds the lock is still starting. */
    static Optional<BrokerFile> read(Path file) throws IOException {
        try {
            return Optional.of(MAPPER.readValue(Files.readAllBytes(file), BrokerFile.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
