package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.detector.TestPorts;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.run.ModelShelf;
import io.unmask.model.score.TinyModel;
import io.unmask.model.spec.ModelSpec;
import io.unmask.model.train.StripedFaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A federation of one site by its commands, beside a service's data directory. */
final class FederateCommandTest {
    private static final int FACES = 16;

    @TempDir
    private Path folder;

    private Path data;
    private int port;

    @BeforeEach
    void writeFaces() throws Exception {
        data = folder.resolve("data");
        port = TestPorts.free();
        for (int face = 0; face < FACES; face++) {
            StripedFaces.write(folder.resolve("faces/real/" + face + ".png"), face, true);
            StripedFaces.write(folder.resolve("faces/fake/" + face + ".png"), face, false);
        }
    }

    @Test
    void shouldInstallTheModelThatItTookAsTheShadowOfTheService() throws Exception {
        Path serving = TinyModel.write(folder.resolve("serving"));
        ModelSpec larger = new ModelSpec("tiny-brightness-1", 32, 4, 4, 1.5, 8, List.of("real", "fake"));
        Path otherCut = TinyModel.write(folder.resolve("other-cut"), larger, Optional.of(TinyModel.CALIBRATION));
        try (BrokerLease broker = Brokers.obtain(TestSettings.in(data, new Settings.Broker(port, 1)))) {
            assertThat(broker.bootstrapServers()).endsWith(":" + port);
            assertThat(federate("rounds").err()).contains("there is no federation faces");
            try (Admin admin = Admin.create(broker.connection())) {
                assertThat(admin.listTopics().names().get())
                        .as("who looks makes no topics")
                        .noneMatch(topic -> topic.startsWith("federation"));
            }
            Path sites = folder.resolve("sites.txt");
            Files.writeString(
                    sites,
                    federate("keys", "--site", "bank", "--state", state("bank")).out());
            var coordinator = CompletableFuture.supplyAsync(() -> coordinate(sites));

            CommandLineRun refused = join(otherCut);
            assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(refused.err())
                    .contains(
                            "--shadow: the model of federation faces wants faces of 32 px at a scale of 1.3, the model"
                                    + " of the settings 32 px at 1.5")
                    .doesNotContain("on this site's validation faces");

            CommandLineRun joined = join(serving);
            assertThat(joined.exitCode()).as(joined.err()).isZero();
            String shadow = new ModelShelf(data).standing().shadow().orElseThrow();
            assertThat(joined.out().lines())
                    .contains(shadow + " is installed as the shadow; 'unmask model promote' lets it serve");
            assertThat(new ModelShelf(data).open(shadow).card().facts())
                    .containsEntry("Federation", "faces, after round 1 of 1")
                    .containsEntry("Federation's sites", "bank");
            CommandLineRun coordinated = coordinator.join();
            assertThat(coordinated.exitCode()).as(coordinated.err()).isZero();
            assertThat(coordinated.out()).containsPattern("(?m)^ +1 +aggregated +1/1 +\\d+ ");
            assertThat(federate("rounds").out()).startsWith(RoundTable.HEAD).containsPattern("(?m)^ +1 +aggregated ");
        }
    }

    private String state(String of) {
        return folder.resolve("state/" + of).toString();
    }

    private CommandLineRun coordinate(Path sites) {
        return federate(
                "coordinate --rounds 1 --quorum 1 --epochs 2 --max-steps 6 -T input-size=32 -T crop-scale=1.3 -T frames=4"
                        + " -T encoder-widths=4,4,6,6,8 -T batch-clips=8 -T learning-rate=0.01 -T self-blend-share=0",
                "--sites",
                sites.toString(),
                "--state",
                state("coordinator"));
    }

    private CommandLineRun join(Path serving) {
        return federate(
                "join --shadow --tolerance 1 -D clip.frames=4 -D clip.hop=2 -D clip.min-frames=2",
                "--faces",
                folder.resolve("faces").toString(),
                "--state",
                state("bank"),
                "-D",
                "model.directory=" + serving);
    }

    private CommandLineRun federate(String words, String... more) {
        List<String> arguments = new ArrayList<>(List.of(("federate " + words).split(" ")));
        arguments.addAll(List.of("--name", "faces", "-D", "data-directory=" + data, "-D", "broker.port=" + port));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }
}
