package io.unmask.samples.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Show 3: the service is killed again and again while it judges files. */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class KillTrialTest {
    /** {@code -Dtrial.kills}. */
    private static final int KILLS = Integer.getInteger("trial.kills", 5);

    private static final int FILES = Integer.getInteger("trial.files", 4);

    @TempDir
    Path folder;

    private final Random random = new Random(3);
    private Broker broker;
    private Path watched;

    @Test
    void shouldLoseAndInventNothingWhenItIsKilled() throws Exception {
        watched = Files.createDirectory(folder.resolve("watched"));
        for (int i = 0; i < FILES; i++) {
            Files.createSymbolicLink(watched.resolve(i + ".mp4"), Cameras.video(60));
        }
        try (Broker started = Broker.in(folder)) {
            broker = started;
            judgeAll("whole");
            int amid = 0;
            for (int i = 0; i < KILLS; i++) {
                try (ServeProcess serve = serve("killed")) {
                    Trials.watch(random.nextDouble() * 4 / 60);
                    amid += broker.topic().told(topic("killed")).ended() < FILES ? 1 : 0;
                    serve.process().kill();
                }
            }
            judgeAll("killed");

            Set<String> whole = ids("whole");
            Set<String> killed = ids("killed");
            Set<String> lost = new HashSet<>(whole);
            lost.removeAll(killed);
            Set<String> invented = new HashSet<>(killed);
            invented.removeAll(whole);
            Trials.tell(String.format(
                    "killed %d times, %d of them before the last file's end: %d events expected, lost %d, invented %d,"
                            + " repeated records %d",
                    KILLS,
                    amid,
                    whole.size(),
                    lost.size(),
                    invented.size(),
                    broker.topic().told(topic("killed")).repeated()));
            assertThat(lost).isEmpty();
            assertThat(invented).isEmpty();
        }
    }

    private void judgeAll(String name) throws Exception {
        try (ServeProcess serve = serve(name)) {
            Trials.await(
                    "all are judged", () -> broker.topic().told(topic(name)).ended() == FILES);
            assertThat(serve.process().end()).isZero();
        }
    }

    private ServeProcess serve(String name) throws Exception {
        Map<String, String> settings = new HashMap<>(broker.topic().settings());
        settings.put("kafka.topic", topic(name));
        settings.put("serve.watch-interval-ms", "200");
        return ServeProcess.start(
                folder.resolve(name), Optional.empty(), settings, Map.of("uploads", watched.toString()));
    }

    private static String topic(String name) {
        return "trial." + name;
    }

    private Set<String> ids(String name) throws Exception {
        return broker.topic().told(topic(name)).events().stream()
                .map(each -> each.event().getId())
                .collect(Collectors.toSet());
    }
}
