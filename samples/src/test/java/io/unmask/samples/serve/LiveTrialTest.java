package io.unmask.samples.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.samples.serve.Topic.Told;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Cameras at 720p30 with a face each, watched by one service. */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class LiveTrialTest {
    private static final int ROUNDS = Integer.getInteger("trial.rounds", 100);

    /** What the start itself has dropped is not the guests' doing. */
    private static final double WARM_UP_MINUTES = 1;

    /** How long a guest is watched before it goes: {@code -Dtrial.stay}. */
    private static final double STAY_SECONDS = Double.parseDouble(System.getProperty("trial.stay", "1"));

    @TempDir
    Path folder;

    private Broker broker;
    private Cameras cameras;
    private ServeProcess serve;

    @BeforeEach
    void start() throws Exception {
        broker = Broker.in(folder);
        cameras = Cameras.start(Cameras.video((int) Math.ceil(60 * Trials.MINUTES) + 240), Trials.CAMERAS, 0);
        serve = ServeProcess.start(
                folder.resolve("data"),
                Optional.empty(),
                broker.topic().settings(),
                Trials.sources(cameras, Trials.CAMERAS));
        Trials.await("all cameras run", () -> serve.running() == Trials.CAMERAS);
    }

    @AfterEach
    void end() throws Exception {
        // What the machine lacks, or what did not start, is said by the start.
        for (AutoCloseable started :
                Stream.of(serve, cameras, broker).filter(Objects::nonNull).toList()) {
            started.close();
        }
    }

    /** Show 1: how many cameras hold. */
    @Test
    void shouldKeepUpWithCameras() throws Exception {
        double early = Math.min(2, Trials.MINUTES / 5);
        Trials.watch(early);
        String memoryThen = serve.process().memory();
        double before = serve.process().processorSeconds();
        long start = System.nanoTime();
        Trials.watch(Trials.MINUTES - early);
        double cores = (serve.process().processorSeconds() - before) / ((System.nanoTime() - start) / 1e9);
        String memoryNow = serve.process().memory();
        double dropped = frames("dropped");
        double sampled = frames("sampled");
        double reconnects = serve.metric("unmask_source_reconnects");
        Told told = endInOrder();
        Trials.tell(String.format(
                "%d cameras, %.1f minutes: capture to topic %s; judged %s; %.0f frames sampled, %.0f dropped, "
                        + "%.0f reconnections; %.2f cores; memory %s at minute %.1f, %s at the end",
                Trials.CAMERAS,
                Trials.MINUTES,
                Trials.spread(told.fromCapture()),
                told.judged(),
                sampled,
                dropped,
                reconnects,
                cores,
                memoryThen,
                early,
                memoryNow));
        assertThat(told.missing()).as("lost").isZero();
        assertThat(told.twice()).as("invented").isZero();
        assertThat(told.clips()).hasSizeGreaterThan(Trials.CAMERAS * (int) (Trials.MINUTES * 20));
    }

    /** Show 4: one decoder is killed and one frozen. */
    @Test
    void shouldLoseSecondsOfOneCameraWhenItsDecoderIsKilledOrFrozen() throws Exception {
        Trials.await("all are judged", () -> serve.metric("unmask_verdicts_total") > 3 * Trials.CAMERAS);
        for (String signal : List.of("KILL", "STOP")) {
            List<ProcessHandle> decoders = serve.process().decoders();
            assertThat(decoders).hasSize(Trials.CAMERAS);
            new ProcessBuilder(
                            "kill", "-" + signal, String.valueOf(decoders.get(0).pid()))
                    .start()
                    .waitFor();
            Trials.await("one camera is missed", () -> serve.running() == Trials.CAMERAS - 1);
            Trials.await("it is back", () -> serve.running() == Trials.CAMERAS);
            Trials.watch(.2);
        }
        Told told = endInOrder();
        Map<String, List<Double>> gaps = gaps(told);
        Trials.tell(String.format(
                "decoder killed, then one frozen: seconds between one verdict and the next, by camera: %s", gaps));
        assertThat(told.missing()).isZero();
        assertThat(gaps.values().stream().filter(each -> each.get(0) > 3))
                .as("cameras with a gap")
                .hasSizeLessThan(3);
    }

    /** Show 7: a source comes and goes beside the others. */
    @Test
    void shouldLeaveOthersAloneWhenASourceComesAndGoes() throws Exception {
        // A camera of its own: one server for all would hold up the others' pictures while it answers.
        try (Cameras guest = Cameras.start(Cameras.video((int) Math.ceil(60 * Trials.MINUTES) + 240), 1, 0)) {
            comeAndGo(guest);
        }
    }

    private void comeAndGo(Cameras guest) throws Exception {
        Trials.watch(WARM_UP_MINUTES);
        double droppedBefore = droppedOfResidents();
        String wanted = "{\"id\": \"guest\", \"uri\": \"" + guest.uri(0) + "\"}";
        List<Integer> threads = new ArrayList<>();
        List<Integer> files = new ArrayList<>();
        List<Long> memory = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            assertThat(serve.send("POST", "/api/v1/sources", Optional.of(wanted))
                            .statusCode())
                    .isEqualTo(201);
            Trials.await("the guest runs", () -> serve.running() == Trials.CAMERAS + 1);
            Trials.watch(STAY_SECONDS / 60);
            assertThat(serve.send("DELETE", "/api/v1/sources/guest", Optional.empty())
                            .statusCode())
                    .isEqualTo(204);
            if (i == 4 || i == ROUNDS - 1) {
                Trials.await("decoders end", () -> serve.process().decoders().size() == Trials.CAMERAS);
                Trials.watch(.2);
                threads.add(serve.process().threads());
                files.add(serve.process().files());
                memory.add(UnmaskProcess.megabytes(serve.process().process().pid()));
            }
        }
        double dropped = droppedOfResidents() - droppedBefore;
        double sampled = frames("sampled");
        double reconnects = serve.metric("unmask_source_reconnects");
        Told told = endInOrder();
        Map<String, List<Double>> gaps = gaps(told);
        Trials.tell(String.format(
                "a source came and went %d times beside %d: threads %s, files %s, MB %s after 5 and after all;"
                        + " %.0f reconnections, %.0f frames sampled, %.0f of the %d dropped; longest seconds between"
                        + " verdicts %s",
                ROUNDS, Trials.CAMERAS, threads, files, memory, reconnects, sampled, dropped, Trials.CAMERAS, gaps));
        assertThat(threads.get(1)).isLessThanOrEqualTo(threads.get(0) + 3);
        assertThat(files.get(1)).isLessThanOrEqualTo(files.get(0) + 5);
        assertThat(told.missing()).isZero();
        assertThat(reconnects).isZero();
    }

    private double droppedOfResidents() throws Exception {
        return frames("dropped") - serve.metric("unmask_source_frames_total", "became=\"dropped\"", "source=\"guest\"");
    }

    private double frames(String became) throws Exception {
        return serve.metric("unmask_source_frames_total", "became=\"" + became + "\"");
    }

    private Told endInOrder() throws Exception {
        int code = serve.process().end();
        assertThat(code).as(serve.process().said()).isZero();
        return broker.topic().verdicts();
    }

    /** The three longest times between the ends of a camera's clips, in seconds of the camera's clock. */
    private static Map<String, List<Double>> gaps(Told told) {
        Map<String, List<Double>> ends = new TreeMap<>();
        told.clips().forEach(clip -> ends.computeIfAbsent(clip.stream().id(), id -> new ArrayList<>())
                .add(clip.span().wallEnd().toEpochMilli() / 1e3));
        ends.values().forEach(times -> {
            List<Double> sorted = times.stream().sorted().toList();
            List<Double> gaps = new ArrayList<>();
            for (int i = 1; i < sorted.size(); i++) {
                gaps.add(Math.round(10 * (sorted.get(i) - sorted.get(i - 1))) / 10.0);
            }
            gaps.sort(Comparator.reverseOrder());
            times.clear();
            times.addAll(gaps.subList(0, Math.min(3, gaps.size())));
        });
        return ends;
    }
}
