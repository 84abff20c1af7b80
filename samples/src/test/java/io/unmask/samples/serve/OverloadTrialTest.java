package io.unmask.samples.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.detector.pipeline.StreamEvent;
import io.unmask.samples.serve.Topic.Told;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cameras on a machine that is too busy for them, while the broker is killed. Needs root: it limits the service by a control group. */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class OverloadTrialTest {
    private static final Path GROUPS = Path.of("/sys/fs/cgroup/cpu");
    private static final double CORES = Double.parseDouble(System.getProperty("trial.cores", "0.3"));
    private static final int LOAD = Integer.getInteger("trial.load", 20);
    private static final int BOUND_MS = 2_000;

    @TempDir
    Path folder;

    private final List<Process> burners = new ArrayList<>();
    private Optional<Path> group = Optional.empty();

    @AfterEach
    void end() throws Exception {
        burners.forEach(Process::destroyForcibly);
        for (Process burner : burners) {
            burner.waitFor();
        }
        if (group.isPresent()) {
            Files.delete(group.get());
        }
    }

    /** Show 2: the bound on lateness holds, what is dropped is counted, and the broker's absences lose nothing. */
    @Test
    void shouldKeepItsBoundAndCountWhatItDropsOnABusyMachineWithoutABroker() throws Exception {
        assumeTrue(Files.isWritable(GROUPS), GROUPS + " cannot be written: run as root where control groups are");
        group = Optional.of(limited());
        try (Broker broker = Broker.in(folder);
                Cameras cameras = Cameras.start(Cameras.video((int) (60 * Trials.MINUTES) + 240), Trials.CAMERAS, 0);
                ServeProcess serve = ServeProcess.start(
                        folder.resolve("data"),
                        group,
                        broker.topic().settings(),
                        Trials.sources(cameras, Trials.CAMERAS))) {
            burn();
            Trials.await("cameras run", () -> serve.running() > Trials.CAMERAS / 2);
            List<Double> late = new ArrayList<>();
            for (int outage = 0; outage < 3; outage++) {
                watch(serve, Trials.MINUTES / 6, late);
                broker.kill();
                watch(serve, Trials.MINUTES / 6, late);
                broker.start();
            }
            double waiting = serve.metric("unmask_outbox_pending");
            String state = serve.get("/api/v1/sources").toString();
            double sampled = serve.metric("unmask_source_frames_total", "became=\"sampled\"");
            double dropped = serve.metric("unmask_source_frames_total", "became=\"dropped\"");
            double reconnects = serve.metric("unmask_source_reconnects");
            double verdicts = serve.metric("unmask_verdicts_total") + serve.metric("unmask_source_events_total");
            // The broker has only just begun to start, and what an end leaves in the outbox is for the next run.
            Files.writeString(group.get().resolve("cpu.cfs_quota_us"), "-1");
            burners.forEach(Process::destroyForcibly);
            Trials.await("what waited is delivered", () -> serve.metric("unmask_outbox_pending") == 0);
            int code = serve.process().end();
            Told told = broker.topic().verdicts();
            Trials.tell(String.format(
                    "%d cameras with %.1f core beside a load of %d, broker away three times for %.0f s: lag of the newest"
                            + " picture %s; clips' capture to verdict %s; %.0f frames sampled, %.0f dropped, %.0f"
                            + " reconnections; %.0f events told of, %.0f waited for Kafka at the end; on the topic %d, lost"
                            + " %d, twice %d, repeated records %d; judged %s; states %s; exit %d",
                    Trials.CAMERAS,
                    CORES,
                    LOAD,
                    Trials.MINUTES * 10,
                    Trials.spread(late),
                    Trials.spread(ways(told)),
                    sampled,
                    dropped,
                    reconnects,
                    verdicts,
                    waiting,
                    told.distinct().size(),
                    told.missing(),
                    told.twice(),
                    told.repeated(),
                    told.judged(),
                    state.replaceAll("\\{\"id\":\"(\\S+?)\".*?\"state\":\"(\\w+)\".*?\\}", "$1 $2"),
                    code));
            assertThat(told.missing()).as("lost").isZero();
            assertThat(told.twice()).as("invented").isZero();
            assertThat(told.distinct().size()).isGreaterThanOrEqualTo((int) verdicts);
            assertThat(Trials.percentile(late, .95)).as("p95 of the lag").isLessThan(BOUND_MS);
            assertThat(code).as(serve.process().said()).isZero();
        }
    }

    /** Looks once a second how late the newest picture of each camera is. */
    private static void watch(ServeProcess serve, double minutes, List<Double> late) throws Exception {
        for (int i = 0; i < minutes * 60; i++) {
            Trials.watch(1 / 60.0);
            serve.get("/api/v1/sources").forEach(source -> {
                if (source.has("lag_millis")) {
                    late.add(source.get("lag_millis").asDouble());
                }
            });
        }
    }

    private static List<Double> ways(Told told) {
        return told.clips().stream()
                .filter(clip -> clip.score().isPresent())
                .map(clip -> clip.timing().getOrDefault(StreamEvent.CAPTURE_TO_VERDICT, Double.NaN))
                .toList();
    }

    private Path limited() throws IOException {
        Path fresh = Files.createDirectory(
                GROUPS.resolve("unmask-trial-" + ProcessHandle.current().pid()));
        Files.writeString(fresh.resolve("cpu.cfs_quota_us"), String.valueOf((long) (100_000 * CORES)));
        return fresh;
    }

    private void burn() throws IOException {
        for (int i = 0; i < LOAD; i++) {
            burners.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
        }
    }
}
