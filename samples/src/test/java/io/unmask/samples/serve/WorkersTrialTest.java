package io.unmask.samples.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.samples.serve.Topic.Told;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Show 5: processes that share the work over {@code unmask.clips}, by the shipped model. */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class WorkersTrialTest {
    /** {@code -Dtrial.files}: videos of a minute that are judged. */
    private static final int FILES = Integer.getInteger("trial.files", 4);

    @TempDir
    Path folder;

    private final List<ServeProcess> running = new ArrayList<>();
    private Broker broker;
    private Path watched;

    @BeforeEach
    void start() throws Exception {
        broker = Broker.in(folder);
        watched = Files.createDirectory(folder.resolve("watched"));
    }

    @AfterEach
    void end() throws Exception {
        for (ServeProcess one : running) {
            one.close();
        }
        broker.close();
    }

    @Test
    void shouldJudgeEachClipOnceThoughOneOfThreeWorkersIsKilled() throws Exception {
        for (int i = 0; i < 3; i++) {
            running.add(serve("score", "worker-" + i, Map.of()));
        }
        running.add(serve("ingest", "ingest", Map.of("uploads", watched.toString())));
        fill();
        Trials.await(
                "a third is judged", () -> broker.topic().verdicts().clips().size() > FILES * 20);
        running.get(0).process().kill();
        long killed = System.nanoTime();
        Trials.await("all are judged", () -> broker.topic().verdicts().ended() == FILES);
        Told told = broker.topic().verdicts();
        Trials.tell(String.format(
                "three workers, one killed: %d events of %d files, lost %d, twice %d, repeated %d; all judged %.0f s after"
                        + " the kill",
                told.events().size(),
                FILES,
                told.missing(),
                told.twice(),
                told.repeated(),
                (System.nanoTime() - killed) / 1e9));
        assertThat(told.missing()).isZero();
        assertThat(told.twice()).isZero();
        assertThat(told.repeated()).isZero();
    }

    @Test
    void shouldTellWhatTheTopicCosts() throws Exception {
        running.add(serve("all", "alone", Map.of("uploads", watched.toString())));
        fill();
        Trials.await("all are judged", () -> broker.topic().verdicts().ended() == FILES);
        Told told = broker.topic().verdicts();
        double processor = running.get(0).process().processorSeconds();
        Trials.tell(String.format("one process: %.1f clips a second, %.1f s of processor", rate(told), processor));
        assertThat(told.missing()).isZero();
    }

    @Test
    void shouldJudgeByOneWorker() throws Exception {
        judgeBy(1);
    }

    @Test
    void shouldJudgeByTwoWorkers() throws Exception {
        judgeBy(2);
    }

    /** Clips are all on the topic before the first worker starts, so that its rate is the workers'. */
    private void judgeBy(int workers) throws Exception {
        ServeProcess ingest = serve("ingest", "ingest", Map.of("uploads", watched.toString()));
        running.add(ingest);
        fill();
        Path judged = folder.resolve("ingest/serve/judged.txt");
        Trials.await(
                "all are on the topic",
                () -> Files.exists(judged) && Files.readAllLines(judged).size() == FILES);
        double read = ingest.process().processorSeconds();
        for (int i = 0; i < workers; i++) {
            running.add(serve("score", "worker-" + i, Map.of()));
        }
        Trials.await("all are judged", () -> broker.topic().verdicts().ended() == FILES);
        Told told = broker.topic().verdicts();
        double scored = 0;
        for (ServeProcess one : running.subList(1, running.size())) {
            scored += one.process().processorSeconds();
        }
        Trials.tell(String.format(
                "%d workers: %.1f clips a second, %.1f s of processor, ingest %.1f s",
                workers, rate(told), scored, read));
        assertThat(told.missing()).isZero();
        assertThat(told.repeated()).isZero();
    }

    private ServeProcess serve(String role, String name, Map<String, String> sources) throws Exception {
        Map<String, String> settings = new HashMap<>(broker.topic().settings());
        settings.put("workers.role", role);
        settings.put("serve.watch-interval-ms", "200");
        return ServeProcess.start(folder.resolve(name), Optional.empty(), settings, sources);
    }

    private void fill() throws Exception {
        Path video = Cameras.video(60);
        for (int i = 0; i < FILES; i++) {
            Files.createSymbolicLink(watched.resolve(i + ".mp4"), video);
        }
    }

    /** Clips a second between the first verdict and the last. */
    private static double rate(Told told) {
        long first =
                told.events().stream().mapToLong(Topic.Event::sentMillis).min().orElse(0);
        long last =
                told.events().stream().mapToLong(Topic.Event::sentMillis).max().orElse(0);
        return told.clips().size() / ((last - first) / 1e3);
    }
}
