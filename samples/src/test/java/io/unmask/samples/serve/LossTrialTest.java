package io.unmask.samples.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.samples.serve.Topic.Told;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Show 9: one packet in a hundred is lost over UDP. The same losses are also judged without taint: FFmpeg decodes such a
 * stream with the damage in its pictures, and encodes it again as a file that holds no damage that could be seen.
 */
@Tag("slow")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
final class LossTrialTest {
    /** {@code -Dtrial.video}: an authentic video, H.264 in MP4, of at least the trial's length. */
    private static final Optional<String> VIDEO = Optional.ofNullable(System.getProperty("trial.video"));

    private static final double LOSS = Double.parseDouble(System.getProperty("trial.loss", "0.01"));

    @TempDir
    Path folder;

    @Test
    void shouldRaiseNoAlarmOfWhatLostPacketsSpoil() throws Exception {
        int seconds = (int) (60 * Trials.MINUTES);
        Path video = VIDEO.isPresent() ? Path.of(VIDEO.get()) : Cameras.video(seconds + 60);
        Path spoilt = folder.resolve("spoilt.mp4");
        try (Broker broker = Broker.in(folder);
                Cameras lossy = Cameras.start(video, 2, LOSS);
                Cameras whole = Cameras.start(video, 1, 0)) {
            Map<String, String> settings = new HashMap<>(broker.topic().settings());
            settings.put("source.rtsp-over-udp", "true");
            try (ServeProcess serve = serve(settings, Map.of("whole", whole.uri(0), "lossy", lossy.uri(0)))) {
                Trials.await("they run", () -> serve.running() == 2);
                Process recording = record(lossy.uri(1), seconds, spoilt);
                Trials.watch(Trials.MINUTES);
                recording.waitFor();
                assertThat(serve.process().end()).isZero();
            }
            try (ServeProcess serve = serve(settings, Map.of("spoilt", spoilt.toString()))) {
                Trials.await("it is judged", () -> serve.metric("unmask_source_events_total", "ended") == 1);
                assertThat(serve.process().end()).isZero();
            }
            Told told = broker.topic().verdicts();
            Trials.tell(String.format("%.3f of the packets lost over %.1f minutes:", LOSS, Trials.MINUTES));
            Trials.tell(String.format("none lost: %s", share(told.of("whole"))));
            Trials.tell(String.format("with taint: %s", share(told.of("lossy"))));
            Trials.tell(String.format("without taint: %s", share(told.of("spoilt"))));
            assertThat(alarms(told.of("lossy"))).as("alarms with taint").isLessThanOrEqualTo(alarms(told.of("whole")));
        }
    }

    private ServeProcess serve(Map<String, String> settings, Map<String, String> sources) throws Exception {
        return ServeProcess.start(folder.resolve("data"), Optional.empty(), settings, sources);
    }

    private static Process record(String uri, int seconds, Path file) throws IOException {
        List<String> command = List.of(
                "ffmpeg",
                "-v",
                "quiet",
                "-rtsp_transport",
                "udp",
                "-i",
                uri,
                "-t",
                "" + seconds,
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-crf",
                "16",
                file.toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static long alarms(Told told) {
        return told.clips().stream()
                .filter(clip -> clip.decision() == Decision.FAKE)
                .count();
    }

    private static String share(Told told) {
        List<Verdict> clips = told.clips();
        List<Double> scores = clips.stream()
                .flatMap(clip -> clip.score().stream())
                .map(Verdict.Score::pFake)
                .toList();
        return "%d alarms of %d scored clips (p_fake p50 %.3f, p95 %.3f, most %.3f), %s, time judged %.2f"
                .formatted(
                        alarms(told),
                        scores.size(),
                        Trials.percentile(scores, .5),
                        Trials.percentile(scores, .95),
                        Trials.percentile(scores, 1),
                        told.judged(),
                        told.judgedShare());
    }
}
