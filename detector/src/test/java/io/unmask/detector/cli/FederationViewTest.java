package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.federate.Plan;
import io.unmask.detector.federate.Round;
import io.unmask.detector.federate.Transfer;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

final class FederationViewTest {
    private static final Transfer MODEL = new Transfer("a".repeat(64), 1, 1);
    private static final Plan PLAN = new Plan(
            "faces",
            3,
            1,
            60,
            new Plan.Protection(false, 10, 1000, 0, 1e-5, false),
            new Plan.Effort(1, 10, 1000),
            Map.of(),
            new Plan.Network("small", List.of("real", "fake"), "", MODEL),
            List.of());

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final FederationView view = new FederationView(
            new Console(
                    new PrintStream(printed, true, StandardCharsets.UTF_8),
                    new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
                    Ansi.OFF,
                    false),
            true);

    @Test
    void shouldShowTheRoundThatWasOverWhenTheCoordinatorWasStopped() {
        view.resumed(PLAN, List.of(round(1, Round.Stage.LOST), round(2, Round.Stage.OPEN)));
        view.round(PLAN, round(2, Round.Stage.COLLECTING));

        assertThat(rows()).hasSize(2).element(1).asString().startsWith("    1  lost ");
    }

    @Test
    void shouldShowNoRoundTwiceAfterARestart() {
        view.resumed(PLAN, List.of(round(1, Round.Stage.AGGREGATED), round(2, Round.Stage.COLLECTING)));
        view.round(PLAN, round(2, Round.Stage.AGGREGATED));
        view.round(PLAN, round(3, Round.Stage.COLLECTING));

        assertThat(rows()).hasSize(2).element(1).asString().startsWith("    2  aggregated ");
    }

    private List<String> rows() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static Round round(long number, Round.Stage stage) {
        var outcome = new Round.Outcome(List.of(), Optional.empty(), Optional.empty(), 0, Optional.empty(), "");
        return new Round("faces", number, stage, Instant.EPOCH, 0, MODEL, List.of(), List.of(), List.of(), outcome);
    }
}
