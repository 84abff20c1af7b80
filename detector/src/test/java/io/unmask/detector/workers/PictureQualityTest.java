package io.unmask.detector.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.detector.pipeline.OpenStream;
import io.unmask.detector.pipeline.ScoringWorker;
import io.unmask.detector.pipeline.StreamEvent;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.IngestSession;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.model.score.ClipScorer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the pictures on the topic of clips do to the verdicts of the model that ships. */
class PictureQualityTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");
    private static final List<String> FILES =
            List.of("authentic-1.mp4", "authentic-2.mp4", "forged-1.mp4", "forged-2.mp4", "two-faces.mp4");
    private static final double LARGEST_CHANGE = 0.05;

    @TempDir
    Path folder;

    @Test
    void shouldKeepEachClipsVerdictWithinItsInterval() {
        Settings settings = WorkerProcess.settings(Map.of("data-directory", folder.toString()));
        ServingModel model = ServingModel.open(settings, Clock.systemUTC());
        try (ClipScorer scorer = model.load()) {
            for (String file : FILES) {
                List<IngestEvent> events = events(file, model);
                List<Verdict> direct = judge(events, model, scorer);
                List<Verdict> through = judge(through(events, settings.workers().jpegQuality()), model, scorer);
                assertThat(through).hasSameSizeAs(direct);
                for (int i = 0; i < direct.size(); i++) {
                    double pFake = pFake(through.get(i));
                    System.out.printf(
                            "%s %d: p_fake %.4f, through the topic %.4f%n", file, i, pFake(direct.get(i)), pFake);
                    assertThat(pFake).as(file).isCloseTo(pFake(direct.get(i)), within(LARGEST_CHANGE));
                    if (direct.get(i).kind() == Verdict.Kind.CLIP) {
                        direct.get(i).score().ifPresent(score -> assertThat(pFake)
                                .as(file)
                                .isBetween(
                                        score.interval().low(), score.interval().high()));
                    }
                }
            }
        }
    }

    private static double pFake(Verdict verdict) {
        return verdict.score().map(Verdict.Score::pFake).orElse(0.0);
    }

    private static List<IngestEvent> events(String file, ServingModel model) {
        List<IngestEvent> events = new ArrayList<>();
        SourceUri uri = new SourceUri(SourceUri.Kind.FILE, CLIPS.resolve(file).toString());
        new IngestSession(uri, model.settings(), model.crop(), events::add).run();
        return events;
    }

    private static List<IngestEvent> through(List<IngestEvent> events, double quality) {
        ClipPacker packer = new ClipPacker(quality);
        ClipCodec reader = ClipCodec.reader();
        return events.stream()
                .map(event -> reader.clip(packer.pack(new ClipMessage(
                                new Verdict.Stream("s", "s", "s"),
                                "s",
                                Instant.EPOCH,
                                false,
                                1,
                                new ClipMessage.Cut(
                                        1, 1, new io.unmask.detector.verdict.Rules.Terms(Map.of(), Optional.empty())),
                                Instant.EPOCH,
                                Optional.empty(),
                                Optional.empty(),
                                event)))
                        .event())
                .toList();
    }

    private static List<Verdict> judge(List<IngestEvent> events, ServingModel model, ClipScorer scorer) {
        OpenStream stream = new OpenStream("s", new Verdict.Stream("s", "s", "s"), Instant.EPOCH, false);
        ScoringWorker worker = new ScoringWorker(scorer, model.rules(), FaceWitness.NONE, new SimpleMeterRegistry());
        return events.stream()
                .flatMap(event -> worker.process(List.of(new StreamEvent(stream, event, 0))).stream())
                .filter(Outcome.Judged.class::isInstance)
                .map(outcome -> ((Outcome.Judged) outcome).verdict())
                .toList();
    }
}
