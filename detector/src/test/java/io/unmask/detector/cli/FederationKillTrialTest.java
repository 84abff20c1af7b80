package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.config.Settings;
import io.unmask.detector.TestPorts;
import io.unmask.detector.TestSettings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.model.spec.ModelDigest;
import io.unmask.model.train.StripedFaces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator and three sites, each a process, are killed by signals at random moments of a federation. */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class FederationKillTrialTest {
    /** {@code -Dtrial.kills}: of the coordinator, and as many of sites. */
    private static final int KILLS = Integer.getInteger("trial.kills", 10);

    private static final int ROUNDS = Integer.getInteger("trial.rounds", 40);
    private static final long SEED = Long.getLong("trial.seed", 16);
    private static final String COORDINATOR = "coordinator";
    private static final List<String> SITES = List.of("bank", "press", "video");
    private static final int FACES = 16;
    private static final int LONGEST_PAUSE_MS = 6_000;

    @TempDir
    private Path folder;

    private final Random random = new Random(SEED);
    private List<String> here;

    @BeforeEach
    void writeFaces() throws Exception {
        for (int site = 0; site < SITES.size(); site++) {
            for (int face = 0; face < FACES; face++) {
                Path faces = faces(SITES.get(site));
                StripedFaces.write(faces.resolve("real/" + face + ".png"), site * 100 + face, true);
                StripedFaces.write(faces.resolve("fake/" + face + ".png"), site * 100 + face, false);
            }
        }
    }

    @Test
    void shouldEndWithTheModelThatItWouldHaveHad() throws Exception {
        int port = TestPorts.free();
        Path data = folder.resolve("data");
        here = List.of("-D", "data-directory=" + data, "-D", "broker.port=" + port);
        try (BrokerLease broker = Brokers.obtain(TestSettings.in(data, new Settings.Broker(port, 1)))) {
            assertThat(broker.bootstrapServers()).endsWith(":" + port);
            byte[] whole = federation("whole", List.of());

            List<String> victims = new ArrayList<>(Collections.nCopies(KILLS, COORDINATOR));
            for (int i = 0; i < KILLS; i++) {
                victims.add(SITES.get(random.nextInt(SITES.size())));
            }
            Collections.shuffle(victims, random);
            byte[] killed = federation("killed", victims);

            assertThat(killed).isEqualTo(whole);
        }
    }

    /** Runs one to its end, and kills these, each after a pause and to be started again. Returns the last weights. */
    private byte[] federation(String name, List<String> victims) throws Exception {
        Path sites = Files.createDirectories(folder.resolve(name)).resolve("sites.txt");
        for (String site : SITES) {
            CommandLineRun keys = federate(name, site, "keys", "--site", site);
            assertThat(keys.exitCode()).as(keys.err()).isZero();
            Files.writeString(sites, (Files.exists(sites) ? Files.readString(sites) : "") + keys.out());
        }
        Map<String, UnmaskProcess> running = new TreeMap<>();
        try {
            running.put(COORDINATOR, start(name, COORDINATOR));
            for (String site : SITES) {
                running.put(site, start(name, site));
            }
            for (String victim : victims) {
                Thread.sleep(random.nextInt(LONGEST_PAUSE_MS));
                UnmaskProcess process = running.get(victim);
                assertThat(process.process().isAlive())
                        .as("the federation goes on; give it more rounds: -Dtrial.rounds")
                        .isTrue();
                process.process().destroyForcibly().waitFor();
                running.put(victim, start(name, victim));
            }
            for (var process : running.entrySet()) {
                UnmaskProcess.Ended ended = process.getValue().end();
                assertThat(ended.exitCode())
                        .as(process.getKey() + "\n" + ended.err())
                        .isZero();
            }
        } finally {
            running.values().forEach(UnmaskProcess::close);
        }
        return Files.readAllBytes(folder.resolve(name).resolve("last").resolve(ModelDigest.WEIGHTS));
    }

    private UnmaskProcess start(String name, String who) throws Exception {
        return UnmaskProcess.start(
                folder,
                who.equals(COORDINATOR)
                        ? words(
                                name,
                                who,
                                "coordinate --quorum 3 --secure --epochs 2 --max-steps 6 -T input-size=32 -T crop-scale=1.3"
                                        + " -T frames=4 -T encoder-widths=4,4,6,6,8 -T batch-clips=8 -T learning-rate=0.01"
                                        + " -T self-blend-share=0 -T recurrent-units=0 -T threads=1",
                                "--rounds",
                                String.valueOf(ROUNDS),
                                "--sites",
                                folder.resolve(name).resolve("sites.txt").toString(),
                                "--out",
                                folder.resolve(name).resolve("last").toString())
                        : words(
                                name,
                                who,
                                "join --tolerance 1",
                                "--faces",
                                faces(who).toString()));
    }

    private CommandLineRun federate(String name, String who, String words, String... more) {
        return CommandLineRun.of(words(name, who, words, more));
    }

    private String[] words(String name, String who, String words, String... more) {
        List<String> arguments = new ArrayList<>(List.of(("federate " + words).split(" ")));
        arguments.addAll(List.of(
                "--name", name, "--state", folder.resolve(name).resolve(who).toString()));
        arguments.addAll(here);
        arguments.addAll(List.of(more));
        return arguments.toArray(String[]::new);
    }

    private Path faces(String site) {
        return folder.resolve("faces").resolve(site);
    }
}
