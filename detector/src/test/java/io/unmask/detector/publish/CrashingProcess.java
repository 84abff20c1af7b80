package io.unmask.detector.publish;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Runs the embedded broker and publishes without end; notes in a file what it has committed. */
final class CrashingProcess {
    static final String COMMITTED = "committed";

    private CrashingProcess() {}

    public static void main(String[] arguments) throws IOException {
        Path data = Path.of(arguments[0]);
        Settings settings = TestSettings.in(data);
        BrokerLease broker = Brokers.obtain(settings);
        KafkaPublisher publisher = KafkaPublisher.start(
                settings.kafka(),
                Outbox.open(data.resolve("outbox.sqlite"), 100),
                CompletableFuture.completedFuture(broker.connection()));
        for (long n = 0; ; n++) {
            publisher.publish(List.of(VerdictEvent.of(Verdicts.noFace("child", n))));
            Files.writeString(data.resolve(COMMITTED), n + "\n", CREATE, APPEND);
        }
    }
}
