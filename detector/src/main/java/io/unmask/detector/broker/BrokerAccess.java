package io.unmask.detector.broker;

import io.unmask.config.PrivateFiles;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The secret that the embedded broker asks of every client, so that only who can read its folder uses it: a loopback
 * address is open to all users of a machine. It lives in two files that nobody else can read and that clients take as
 * they are, one for Java and one for librdkafka (kcat, Python, Go, and others).
 */
final class BrokerAccess {
    static final String MECHANISM = "PLAIN";

    private static final String USER = "unmask";
    private static final String PASSWORD = "sasl.password";
    private static final int SECRET_BYTES = 32;
    private static final String LOGIN =
            "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"";

    private final BrokerDirectory directory;
    private final String password;

    private BrokerAccess(BrokerDirectory directory, String password) {
        this.directory = directory;
        this.password = password;
    }

    /** The folder's secret; a new one when there is none. */
    static BrokerAccess of(BrokerDirectory directory, SecureRandom random) throws IOException {
        Optional<String> known = known(directory.librdkafkaFile());
        if (known.isPresent()) {
            return new BrokerAccess(directory, known.get());
        }
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return new BrokerAccess(
                directory, Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    }

    /** Kafka's settings in a file that {@link #tell} wrote. */
    static Map<String, String> told(Path file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        }
        return properties.stringPropertyNames().stream()
                .collect(Collectors.toMap(name -> name, properties::getProperty));
    }

    /** Tells clients how to reach the broker. */
    void tell(String bootstrapServers) throws IOException {
        Map<String, String> java = new LinkedHashMap<>(Map.of("bootstrap.servers", bootstrapServers));
        java.put("security.protocol", "SASL_PLAINTEXT");
        java.put("sasl.mechanism", MECHANISM);
        Map<String, String> librdkafka = new LinkedHashMap<>(java);
        java.put("sasl.jaas.config", LOGIN.formatted(USER, password) + ";");
        librdkafka.put("sasl.username", USER);
        librdkafka.put(PASSWORD, password);
        write(directory.librdkafkaFile(), librdkafka);
        write(directory.clientFile(), java);
    }

    /** Whom the server lets in on a listener; as the server is a client of itself, it is also told what to say. */
    Map<String, String> ofListener(String listener) {
        return Map.of(
                "listener.name." + listener.toLowerCase(Locale.ROOT) + ".plain.sasl.jaas.config",
                LOGIN.formatted(USER, password) + " user_" + USER + "=\"" + password + "\";");
    }

    private static Optional<String> known(Path file) throws IOException {
        try {
            return Optional.ofNullable(told(file).get(PASSWORD));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** Without the escapes of {@link Properties#store}, which librdkafka does not know; none is needed. */
    private static void write(Path file, Map<String, String> properties) throws IOException {
        String lines = properties.entrySet().stream()
                .map(property -> property.getKey() + "=" + property.getValue() + "\n")
                .collect(Collectors.joining());
        PrivateFiles.replace(file, lines.getBytes(StandardCharsets.UTF_8));
    }
}
