package io.unmask.detector;

import io.unmask.config.Settings;
import io.unmask.detector.broker.BrokerLease;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings for tests that vary one section. */
public final class TestSettings {
    /** So long a busy machine's broker may take for an answer. */
    private static final int PATIENT_MS = 60_000;

    /** So long a broker is waited for that does not answer on purpose. */
    private static final int IMPATIENT_MS = 3_000;

    private static final Settings.Serve SERVE = new Settings.Serve(2_000, 20_000, 5_000, 1_000, 100);
    private static final Settings.Web WEB = new Settings.Web("127.0.0.1", 0, Optional.empty(), 1, 1, Optional.empty());

    private static final Settings.Workers WORKERS =
            new Settings.Workers("all", "unmask.clips", "unmask-score", 6, 0.95, 3, 1);

    private TestSettings() {}

    public static Settings in(Path dataDirectory) {
        return with(
                dataDirectory,
                kafka(Optional.empty()),
                new Settings.Broker(0, 1),
                new Settings.Verdict(Optional.empty(), false));
    }

    public static Settings in(Path dataDirectory, Settings.Broker broker) {
        return with(dataDirectory, kafka(Optional.empty()), broker, new Settings.Verdict(Optional.empty(), false));
    }

    public static Settings threshold(double threshold) {
        return threshold(Path.of("unused"), threshold);
    }

    public static Settings threshold(Path dataDirectory, double threshold) {
        return with(
                dataDirectory,
                kafka(Optional.empty()),
                new Settings.Broker(0, 1),
                new Settings.Verdict(Optional.of(threshold), false));
    }

    /** Lets every face pass. */
    public static Settings clip(Settings.Clip clip) {
        Settings base = in(Path.of("unused"));
        return new Settings(
                base.dataDirectory(),
                base.source(),
                base.face(),
                clip,
                new Settings.Quality(0, 0, 0, 255, 0),
                base.model(),
                base.verdict(),
                base.outbox(),
                base.kafka(),
                base.broker(),
                List.of(),
                SERVE,
                WEB,
                WORKERS,
                new Settings.Evidence(0));
    }

    public static Settings.Kafka kafka(Optional<String> bootstrapServers) {
        return new Settings.Kafka(bootstrapServers, "unmask.verdicts", PATIENT_MS, Map.of());
    }

    /** For a broker that goes away. */
    public static Settings.Kafka impatient(Settings.Kafka kafka) {
        return new Settings.Kafka(kafka.bootstrapServers(), kafka.topic(), IMPATIENT_MS, kafka.properties());
    }

    /** For a broker that goes away. */
    public static Settings impatient(Settings settings) {
        return with(settings.dataDirectory(), impatient(settings.kafka()), settings.broker(), settings.verdict());
    }

    /** Reached from outside, as a broker of the user's own is. */
    public static Settings kafkaAt(Settings settings, BrokerLease broker) {
        Map<String, String> properties = new HashMap<>();
        broker.connection().forEach((name, value) -> properties.put(name, value.toString()));
        properties.remove("bootstrap.servers");
        Settings.Kafka kafka =
                new Settings.Kafka(Optional.of(broker.bootstrapServers()), "unmask.verdicts", PATIENT_MS, properties);
        return with(settings.dataDirectory(), kafka, settings.broker(), settings.verdict());
    }

    public static Settings kafkaAt(Settings settings, String bootstrapServers) {
        return with(
                settings.dataDirectory(), kafka(Optional.of(bootstrapServers)), settings.broker(), settings.verdict());
    }

    private static Settings with(
            Path dataDirectory, Settings.Kafka kafka, Settings.Broker broker, Settings.Verdict verdict) {
        return new Settings(
                dataDirectory,
                new Settings.Source(8, 0, 10_000, 3, 1L << 26, 200_000, 0, false, 512, false),
                new Settings.Face(Optional.empty(), 40, 0.7, 0.3, 1_000),
                new Settings.Clip(16, 8, 8),
                new Settings.Quality(32, 20, 30, 225, 0.5),
                new Settings.Model(Optional.empty(), Optional.empty(), 0, 8, "unmask.shadow-verdicts"),
                verdict,
                new Settings.Outbox(100, 10_000),
                kafka,
                broker,
                List.of(),
                SERVE,
                WEB,
                WORKERS,
                new Settings.Evidence(0));
    }
}
