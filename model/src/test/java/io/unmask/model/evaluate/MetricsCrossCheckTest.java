package io.unmask.model.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.model.calibrate.TemperatureScaling;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds the metrics and the calibration against scikit-learn's. */
@Tag("slow")
class MetricsCrossCheckTest {
    private static final double THRESHOLD = 0.6;

    @BeforeAll
    static void needScikitLearn() throws Exception {
        assumeTrue(
                System.getenv("CI") != null || run("", "-c", "import sklearn").exit() == 0,
                "scikit-learn is not there: apt-get install python3-sklearn");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldAgreeWithScikitLearn(long seed) throws Exception {
        // Rounded, so that there are ties.
        var samples = Samples.normal(700, 1.5, seed).stream()
                .map(s -> s.with(Math.round(s.logit() * 20) / 10.0 + 0.3))
                .toList();
        var figures = Metrics.of(Scores.of(samples), THRESHOLD);
        var fit = TemperatureScaling.fit(samples, true);
        figures.put("temperature", fit.temperature());
        figures.put("bias", fit.bias());
        var outcome = run(json(samples, figures), script());
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("11 of 11 figures agree on 1400 scores");
    }

    private static String script() {
        return Path.of(System.getProperty("unmask.root"), "model/src/test/python/crosscheck.py")
                .toString();
    }

    private static String json(List<Sample> samples, Map<String, Double> figures) throws IOException {
        return new ObjectMapper()
                .writeValueAsString(Map.of(
                        "logits",
                        samples.stream().map(Sample::logit).toList(),
                        "fake",
                        samples.stream().map(Sample::fake).toList(),
                        "threshold",
                        THRESHOLD,
                        "figures",
                        figures));
    }

    private record Outcome(int exit, String output) {}

    private static Outcome run(String input, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("/usr/bin/python3"));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }
}
