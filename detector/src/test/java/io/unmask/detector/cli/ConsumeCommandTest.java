package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

final class ConsumeCommandTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Console console = new Console(
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Ansi.OFF,
            false);

    @Test
    void shouldPassOverAnEventThatIsNotWhatItsTypePromises() {
        CloudEvent verdict = VerdictEvent.of(Verdicts.fake("a", 0));
        CloudEvent broken = CloudEventBuilder.from(verdict)
                .withId("broken")
                .withData("application/json", "{".getBytes(StandardCharsets.UTF_8))
                .build();
        List<CloudEvent> shown = new ArrayList<>();
        ConsumeCommand consume = new ConsumeCommand(console, new Shutdown());

        assertThat(consume.show(broken, shown::add)).isFalse();
        assertThat(consume.show(verdict, shown::add)).isTrue();

        assertThat(shown).containsExactly(verdict);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("unmask: event broken is no verdict: ")
                .endsWith("; passed over" + System.lineSeparator())
                .hasLineCount(1);
    }
}
