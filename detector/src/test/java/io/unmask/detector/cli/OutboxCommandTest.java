package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.detector.TestSettings;
import io.unmask.detector.publish.Outbox;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutboxCommandTest {
    @TempDir
    private Path folder;

    private Path settings;

    /** One event waits; the rows of two others are garbage, so that they are set aside when they are read. */
    @BeforeEach
    void leaveEvents() throws IOException, SQLException {
        settings = Files.writeString(folder.resolve("unmask.yaml"), "data-directory: data\n");
        Path file = Outbox.fileFor(TestSettings.in(folder.resolve("data")));
        try (Outbox outbox = Outbox.open(file, 10)) {
            outbox.append(List.of(
                    VerdictEvent.of(Verdicts.fake("a", 0)),
                    VerdictEvent.of(Verdicts.fake("a", 1)),
                    VerdictEvent.of(Verdicts.fake("a", 2))));
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                    Statement statement = connection.createStatement()) {
                statement.execute("update event set event = x'00ff' where position > 1");
            }
            assertThat(outbox.pending(10)).hasSize(1);
        }
    }

    @Test
    void shouldListWhatWaitsAndWhatWasSetAside() {
        CommandLineRun run = outbox();

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .satisfiesExactly(
                        count -> assertThat(count).isEqualTo("1 events wait for Kafka, 2 are set aside"),
                        second -> assertThat(second)
                                .contains(" 2  a-CLIP-1  2 bytes")
                                .contains("row in the outbox is damaged"),
                        third -> assertThat(third).contains(" 3  a-CLIP-2  2 bytes"));
        assertThat(outbox("--format", "json").out())
                .contains("\"waiting\":1")
                .contains("\"number\":2")
                .contains("\"id\":\"a-CLIP-2\"");
    }

    @Test
    void shouldShowWhatWaitsForAnotherBroker() {
        Settings company = TestSettings.kafkaAt(TestSettings.in(folder.resolve("data")), "127.0.0.1:1");
        Path file = Outbox.fileFor(company);
        try (Outbox outbox = Outbox.open(file, 10)) {
            outbox.append(List.of(VerdictEvent.of(Verdicts.fake("b", 0)), VerdictEvent.of(Verdicts.fake("b", 1))));
        }

        assertThat(outbox().out().lines())
                .startsWith(
                        "1 events wait for Kafka, 2 are set aside",
                        "2 events wait in " + file + " for a run with kafka.bootstrap-servers");
        assertThat(outbox("--format", "json").out()).contains("\"waiting\":1").contains("\"waiting_elsewhere\":2");
        assertThat(outbox("-D", "kafka.bootstrap-servers=127.0.0.1:1").out().lines())
                .containsExactly(
                        "2 events wait for Kafka, 0 are set aside",
                        "1 events wait in " + Outbox.fileFor(TestSettings.in(folder.resolve("data")))
                                + " for a run without kafka.bootstrap-servers");
    }

    @Test
    void shouldDropTheNumbersThatAreNamedAndNoOthers() {
        assertThat(outbox("drop", "2").out()).isEqualTo("1 events dropped\n");
        assertThat(outbox().out())
                .contains("1 events wait for Kafka, 1 are set aside")
                .contains("a-CLIP-2");
    }

    @Test
    void shouldPutEventsBehindThoseThatWait() {
        outbox("retry", "--all");

        assertThat(outbox().out()).startsWith("3 events wait for Kafka, 0 are set aside");
    }

    @Test
    void shouldChangeNothingWhenANumberIsUnknownOrNoneIsGiven() {
        CommandLineRun unknown = outbox("drop", "2", "99");
        assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err()).isEqualTo("unmask: no event 99 was set aside; 'unmask outbox' lists them\n");
        assertThat(outbox("retry").exitCode()).isEqualTo(ExitCode.USAGE);

        assertThat(outbox().out()).contains("2 are set aside");
    }

    private CommandLineRun outbox(String... arguments) {
        List<String> all = new ArrayList<>(List.of("outbox"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--config", settings.toString()));
        return CommandLineRun.of(all.toArray(String[]::new));
    }
}
