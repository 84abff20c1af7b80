package io.unmask.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.model.data.Manifest;
import io.unmask.model.federate.PrivacyAccountant;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class FederationBenchTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");

    @TempDir
    private Path folder;

    private Path manifest(String... lines) throws IOException {
        return Files.write(folder.resolve("manifest.csv"), List.of(lines));
    }

    @Test
    void shouldGiveEachOriginToOneSiteAndTheJudgedFoldsToAll() throws Exception {
        for (String name : List.of("f1", "f2", "f3", "r1", "r2", "r3", "judged")) {
            Files.createFile(folder.resolve(name + ".mp4"));
        }
        Files.writeString(folder.resolve("folds.csv"), "path,fold\njudged.mp4,0\n");
        SiteSplit split = SiteSplit.read(
                manifest(
                        "path,label,group,from,fold",
                        "f1.mp4,fake,1,tool-a,2",
                        "f2.mp4,fake,2,tool-a,2",
                        "f3.mp4,fake,3,tool-b,3",
                        "r1.mp4,real,4,camera-c,4",
                        "r2.mp4,real,5,camera-c,4",
                        "r3.mp4,real,6,tool-b,3",
                        "judged.mp4,fake,7,tool-d,"),
                Set.of("0"));
        List<List<Manifest.Row>> sites = split.sites(2);

        assertThat(sites)
                .extracting(site ->
                        site.stream().map(Manifest.Row::origin).distinct().toList())
                .containsExactly(List.of("tool-a", "camera-c"), List.of("tool-b"));
        Path own = folder.resolve("site/manifest.csv");
        split.write(sites.get(1), own);
        assertThat(Files.readString(own))
                .contains(
                        folder.resolve("f3.mp4").toString(),
                        folder.resolve("r3.mp4").toString())
                .contains(folder.resolve("judged.mp4").toString())
                .doesNotContain("f1.mp4", "r1.mp4");
    }

    @Test
    void shouldNameAManifestThatSaysNothingOfOrigins() throws Exception {
        Files.createFile(folder.resolve("a.mp4"));
        Path data = manifest("path,label", "a.mp4,real");
        assertThatThrownBy(() -> SiteSplit.read(data, Set.of("0")))
                .isInstanceOf(IOException.class)
                .hasMessage(data + ": needs the columns from and fold");
    }

    @ParameterizedTest
    @CsvSource({
        "--sites 0, --sites 0 --rounds 20 --steps 4: each must be 1 or more",
        "--noises 0, --clip 1.0 --noises [0.0]: each must be above 0",
        "--steps 1, a row without label"
    })
    void shouldSayWhatCannotBeMeasured(String options, String expected) throws Exception {
        StringWriter err = new StringWriter();
        List<String> arguments = new ArrayList<>(List.of(options.split(" ")));
        arguments.addAll(
                List.of("--data", manifest("path,from,fold", "a.mp4,b,0").toString(), "--work", "unused"));
        int exitCode = new CommandLine(new FederationBenchCommand())
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new));

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString()).contains(expected);
    }

    @Test
    void shouldMeasureAFederationByToolsThatWereLeftOut() throws Exception {
        Path data = manifest(
                "path,label,group,method,from,fold",
                CLIPS + "/authentic-1.mp4,real,1,,camera-a,2",
                CLIPS + "/forged-1.mp4,fake,1,swap-a,camera-a,2",
                CLIPS + "/authentic-2.mp4,real,2,,camera-b,0",
                CLIPS + "/forged-2.mp4,fake,2,swap-b,camera-b,0");
        StringWriter out = new StringWriter();
        CommandLine line = new CommandLine(new FederationBenchCommand()).setOut(new PrintWriter(out));
        int exitCode = line.execute(
                "--data", data.toString(),
                "--work", folder.resolve("work").toString(),
                "--leave-out", "0",
                "--sites", "1",
                "--rounds", "2",
                "--steps", "1",
                "--noises", "0.5",
                "--only", "fedavg,head-noise-0.5",
                "-T", "encoder-widths=4,4,6,6,8",
                "-T", "input-size=32",
                "-T", "batch-clips=4");

        assertThat(exitCode).isZero();
        String epsilon = String.format(Locale.ROOT, "%.3g", new PrivacyAccountant(0.5, 1e-5).epsilon(2));
        assertThat(out.toString().lines())
                .contains("site-1: 1 authentic and 1 fake videos of 1 origins")
                .anySatisfy(row -> assertThat(row)
                        .matches("\\| fedavg \\| [01]\\.\\d{3} \\| .* \\| - \\| [0-9.e-]*[1-9].* \\| \\d+ \\|"))
                .anySatisfy(row -> assertThat(row).contains("| head-noise-0.5 | ", "| " + epsilon + " |"));
        assertThat(Files.readAllLines(folder.resolve("work/fedavg/1.csv")))
                .as("a line for each left-out face, and a head")
                .hasSize(3);
    }
}
