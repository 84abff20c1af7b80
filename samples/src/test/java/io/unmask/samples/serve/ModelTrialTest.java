package io.unmask.samples.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.spec.ModelCard;
import io.unmask.samples.serve.Topic.Told;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Show 6: a model comes into place and goes again while cameras are watched. */
@Tag("slow")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
final class ModelTrialTest {
    @TempDir
    Path folder;

    @Test
    void shouldLoseNothingWhileAModelIsPromotedAndRolledBack() throws Exception {
        Path second = copyOfTheShippedModel();
        try (Broker broker = Broker.in(folder);
                Cameras cameras = Cameras.start(Cameras.video((int) (60 * Trials.MINUTES) + 240), Trials.CAMERAS, 0);
                ServeProcess serve = ServeProcess.start(
                        folder.resolve("data"),
                        Optional.empty(),
                        broker.topic().settings(),
                        Trials.sources(cameras, Trials.CAMERAS))) {
            Trials.await("all are judged", () -> serve.metric("unmask_verdicts_total") > 3 * Trials.CAMERAS);
            long installed = post(serve, "/api/v1/models", Optional.of("{\"directory\": \"" + second + "\"}"), 201);
            Trials.await("the shadow judges", () -> serve.metric("unmask_shadow_verdicts_total") > 0);
            long shadowed = System.currentTimeMillis();
            Trials.watch(.2);
            long promoted = post(serve, "/api/v1/models/promote", Optional.empty(), 200);
            Trials.watch(.4);
            long rolledBack = post(serve, "/api/v1/models/rollback", Optional.empty(), 200);
            Trials.watch(.4);
            assertThat(serve.process().end()).isZero();

            Told told = broker.topic().verdicts();
            Trials.tell(String.format(
                    "a model promoted and rolled back beside %d cameras: installed to the shadow's first verdict %.1f s,"
                            + " promoted to its first verdict %.1f s, rolled back to the first verdict of the model before"
                            + " %.1f s; lost %d, twice %d; capture to topic %s",
                    Trials.CAMERAS,
                    (shadowed - installed) / 1e3,
                    (first(told, "trial", promoted) - promoted) / 1e3,
                    (firstOther(told, rolledBack) - rolledBack) / 1e3,
                    told.missing(),
                    told.twice(),
                    Trials.spread(told.fromCapture())));
            assertThat(told.missing()).isZero();
            assertThat(told.twice()).isZero();
        }
    }

    private static long post(ServeProcess serve, String path, Optional<String> body, int status) throws Exception {
        long now = System.currentTimeMillis();
        assertThat(serve.send("POST", path, body).statusCode()).isEqualTo(status);
        return now;
    }

    private static long first(Told told, String version, long after) {
        return sent(told, after, true, version);
    }

    private static long firstOther(Told told, long after) {
        return sent(told, after, false, "trial");
    }

    /** Clips alone: a face in sight stays the model's that judged it first until the other one has judged a clip of it. */
    private static long sent(Told told, long after, boolean same, String version) {
        return told.distinct().stream()
                .filter(each -> each.sentMillis() > after)
                .filter(each -> VerdictEvent.isVerdict(each.event()))
                .filter(each -> each.verdict().kind() == Verdict.Kind.CLIP)
                .filter(each -> each.verdict().model().version().equals(version) == same)
                .mapToLong(Topic.Event::sentMillis)
                .min()
                .orElseThrow();
    }

    /** The same weights by another version, so that the load is what two models' is. */
    private Path copyOfTheShippedModel() throws Exception {
        Path shipped = ModelDirectory.packagedDefault(folder.resolve("shipped")).path();
        Path copy = folder.resolve("second");
        try (Stream<Path> paths = Files.walk(shipped)) {
            for (Path path : paths.sorted().toList()) {
                Files.copy(path, copy.resolve(shipped.relativize(path).toString()));
            }
        }
        Path card = copy.resolve(ModelCard.FILE);
        List<String> lines = Files.readAllLines(card).stream()
                .map(line -> line.replaceFirst("^(  \"version\" : )\"[^\"]*\"", "$1\"trial\""))
                .toList();
        Files.write(card, lines);
        return copy;
    }
}
