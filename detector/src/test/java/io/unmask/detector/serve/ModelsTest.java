package io.unmask.detector.serve;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cloudevents.CloudEvent;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.config.SettingsLoader;
import io.unmask.config.SettingsSources;
import io.unmask.config.SourceSpec;
import io.unmask.detector.TestPorts;
import io.unmask.detector.run.ModelShelf;
import io.unmask.detector.run.RunException;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.score.TinyModel;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Models come and go while the service judges a camera and files. */
@Timeout(value = 300, unit = SECONDS)
final class ModelsTest {
    private static final Path CLIPS = Path.of(System.getProperty("unmask.root"), "samples/clips");
    private static final int FILES = 6;

    @TempDir
    Path folder;

    private final List<Feed.Item> seen = new ArrayList<>();
    private Settings settings;
    private ModelShelf shelf;
    private Path second;

    @BeforeEach
    void write() throws IOException {
        Path first = TinyModel.write(folder.resolve("first"));
        second = TinyModel.version(TinyModel.write(folder.resolve("second")), "2");
        settings = settings(first);
        shelf = new ModelShelf(settings.dataDirectory());
    }

    @Test
    void shouldLoseNothingWhenAModelIsPromotedAndRolledBackUnderLoad() throws Exception {
        Path watched = Files.createDirectory(folder.resolve("watched"));
        List<String> notes;
        try (ClipCamera camera = ClipCamera.on(CLIPS.resolve("authentic-1.mp4"), TestPorts.free());
                RunningService running = new RunningService(
                        settings.withSources(
                                List.of(Specs.of("camera", camera.address()), Specs.of("uploads", watched.toString()))),
                        new SimpleMeterRegistry());
                Feed.Subscription feed =
                        running.service().feed().subscribe(10_000).orElseThrow()) {
            notes = running.notes();
            awaitItem(feed, item -> judgedBy(item, "1") && item.source().equals("camera"));
            addFiles(watched, 0);

            running.service().models().install(second);
            awaitItem(feed, item -> item.shadow() && judgedBy(item, "2"));
            addFiles(watched, 1);
            await().atMost(60, SECONDS).until(() -> running.service().models().list().stream()
                    .allMatch(model -> model.note().isEmpty()));
            shelf.promote(Optional.empty(), settings);
            awaitItem(
                    feed,
                    item -> !item.shadow()
                            && judgedBy(item, "2")
                            && item.source().equals("camera"));
            addFiles(watched, 2);
            assertThat(running.service().models().rollback())
                    .extracting(Models.Shown::role)
                    .contains(Optional.of("serving"), Optional.of("previous"));
            awaitItem(feed, item -> judgedBy(item, "1") && item.source().equals("camera"));
            awaitFiles(feed);
        }

        List<Feed.Item> counted = seen.stream().filter(item -> !item.shadow()).toList();
        Map<String, List<Long>> sequences = counted.stream()
                .collect(Collectors.groupingBy(
                        item -> item.outcome().stream().toString(),
                        Collectors.mapping(item -> VerdictEvent.sequence(item.event()), Collectors.toList())));
        assertThat(sequences).hasSizeGreaterThan(FILES).allSatisfy((stream, numbers) -> assertThat(numbers)
                .as("%s, nothing lost", stream)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, numbers.size()).boxed().toList()));
        assertThat(counted).extracting(item -> item.event().getId()).doesNotHaveDuplicates();
        Set<String> versions = counted.stream()
                .flatMap(item -> verdict(item).stream())
                .map(verdict -> verdict.model().version())
                .collect(Collectors.toSet());
        assertThat(versions).containsExactlyInAnyOrder("1", "2");
        assertThat(notes).anyMatch(note -> note.contains("tiny 2 judges as a shadow"));
    }

    @Test
    void shouldRefuseWhatDoesNotFit() throws IOException {
        ModelSpec larger = new ModelSpec("tiny-brightness-1", 32, 4, 4, 1.5, 8, List.of("real", "fake"));
        Path otherCut = TinyModel.write(folder.resolve("cut"), larger, Optional.of(TinyModel.CALIBRATION));
        Path uncalibrated = TinyModel.write(folder.resolve("raw"), TinyModel.SPEC, Optional.empty());
        Path altered = TinyModel.write(folder.resolve("altered"));
        Files.write(altered.resolve("saved_model.pb"), new byte[] {0}, StandardOpenOption.APPEND);

        assertThatThrownBy(() -> shelf.install(otherCut, settings))
                .isInstanceOf(RunException.Refused.class)
                .hasMessageContaining("at a scale of 1.5");
        assertThatThrownBy(() -> shelf.install(uncalibrated, settings)).hasMessageContaining("is not calibrated");
        assertThatThrownBy(() -> shelf.install(altered, settings)).hasMessageContaining("damaged or was altered");
        assertThatThrownBy(() -> shelf.promote(Optional.of("../../first"), settings))
                .hasMessageContaining("no model ../../first is installed");
        assertThatThrownBy(() -> shelf.rollback(settings)).hasMessageContaining("nothing to go back to");
        assertThat(shelf.list()).isEmpty();
    }

    @Test
    void shouldShowAModelThatWasDamagedOnTheShelfAndNotPromoteIt() throws IOException {
        String id = shelf.install(second, settings).id();
        Path graph = settings.dataDirectory().resolve("installed-models/" + id + "/saved_model.pb");
        Files.write(graph, new byte[] {0}, StandardOpenOption.APPEND);

        assertThat(shelf.list()).extracting(ModelShelf.Installed::id).containsExactly(id);
        assertThatThrownBy(() -> shelf.promote(Optional.empty(), settings))
                .isInstanceOf(RunException.Refused.class)
                .hasMessageContaining("damaged or was altered");
        assertThat(shelf.standing().serving()).isEqualTo(ModelShelf.CONFIGURED);
    }

    @Test
    void shouldRememberWhichModelServes() {
        String id = shelf.install(second, settings).id();
        assertThat(shelf.standing())
                .isEqualTo(new ModelShelf.Standing("configured", Optional.empty(), Optional.of(id)));
        shelf.promote(Optional.empty(), settings);
        assertThat(new ModelShelf(settings.dataDirectory()).standing())
                .isEqualTo(new ModelShelf.Standing(id, Optional.of("configured"), Optional.empty()));
        shelf.rollback(settings);
        assertThat(shelf.standing())
                .isEqualTo(new ModelShelf.Standing("configured", Optional.of(id), Optional.empty()));
        assertThat(ModelDirectory.open(settings.dataDirectory().resolve("installed-models/" + id))
                        .card()
                        .version())
                .isEqualTo("2");
    }

    @Test
    void shouldNameTheModelThatReachedTheVerdicts() {
        Models models = models(new Recorded(), () -> List.of());
        Verdict.Model first = rulesOf(ModelShelf.CONFIGURED);
        assertThat(models.cardOf(List.of()).version()).isEqualTo("1");

        String id = shelf.install(second, settings).id();
        shelf.promote(Optional.empty(), settings);

        assertThat(models.cardOf(List.of()).version()).isEqualTo("2");
        assertThat(models.cardOf(List.of(verdictOf(rulesOf(id)))).version()).isEqualTo("2");
        assertThat(models.cardOf(List.of(verdictOf(first))).version())
                .as("it was judged before the promotion")
                .isEqualTo("1");
    }

    @Test
    void shouldRefuseAModelThatASourcesOwnSettingsDoNotFit() throws IOException {
        ModelSpec longer = new ModelSpec("tiny-brightness-1", 32, 8, 4, 1.3, 8, List.of("real", "fake"));
        Settings common =
                settings(TinyModel.write(folder.resolve("longer"), longer, Optional.of(TinyModel.CALIBRATION)));
        SourceSpec own = own(Map.of("clip.frames", "8"));
        List<SourceSpec> sources = new ArrayList<>();
        Recorded judge = new Recorded();
        Models models = models(common, judge, () -> sources);
        sources.add(own);

        assertThatThrownBy(() -> models.install(second))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("clip.frames = 8: source own");
        assertThat(shelf.list()).isEmpty();
        sources.clear();
        models.install(second);
        sources.add(own);
        assertThatThrownBy(() -> models.promote(Optional.empty())).hasMessageContaining("source own");
        assertThat(shelf.standing().serving()).isEqualTo(ModelShelf.CONFIGURED);

        shelf.promote(Optional.empty(), settings);
        models.look();
        assertThat(judge.done).doesNotContain("replace");
        assertThat(models.list())
                .filteredOn(model -> model.role().equals(Optional.of("serving")))
                .singleElement()
                .extracting(model -> model.note().orElse(""))
                .asString()
                .contains("source own");
    }

    @Test
    void shouldEndAShadowBeforeItTakesAnotherThatMayNotLoad() throws IOException {
        Recorded judge = new Recorded();
        Models models = models(judge, List::of);
        models.install(second);
        Path third = TinyModel.version(TinyModel.write(folder.resolve("third")), "3");
        String id = shelf.install(third, settings).id();
        Path graph = settings.dataDirectory().resolve("installed-models/" + id + "/saved_model.pb");
        Files.write(graph, new byte[] {0}, StandardOpenOption.APPEND);

        models.look();

        assertThat(judge.done).containsExactly("shadow 2", "no shadow");
    }

    @Test
    void shouldSayOfAShadowThatFailedThatItJudgesNoMore() {
        Recorded judge = new Recorded();
        Models models = models(judge, List::of);
        String id = models.install(second).id();

        judge.shadowFailed.accept("no memory");

        assertThat(models.list())
                .filteredOn(shown -> shown.id().equals(id))
                .extracting(Models.Shown::note)
                .containsExactly(Optional.of("it failed and judges no more: no memory"));
    }

    @Test
    void shouldSayWhyAPromotedModelCannotTakeOverTheOpenStreams() {
        Recorded judge = new Recorded();
        Models models = models(judge, List::of);
        String id = models.install(second).id();
        models.promote(Optional.empty());

        judge.replaceFailed.accept("its clips are longer");

        assertThat(models.list())
                .filteredOn(shown -> shown.id().equals(id))
                .extracting(shown -> shown.note().orElse(""))
                .singleElement()
                .asString()
                .contains("the model before it judges on: its clips are longer");
    }

    @Test
    void shouldTakeUpAModelThatWasPromotedWhileTheServiceOpenedAnother() {
        Recorded judge = new Recorded();
        Judging before = judging(settings);
        shelf.install(second, settings);
        shelf.promote(Optional.empty(), settings);

        new Models(parts(settings, judge, List::of), before, Runnable::run, note -> {}).look();

        assertThat(judge.done).containsExactly("replace 2");
    }

    private Models models(Models.Judge judge, Supplier<List<SourceSpec>> sources) {
        return models(settings, judge, sources);
    }

    private Models models(Settings common, Models.Judge judge, Supplier<List<SourceSpec>> sources) {
        return new Models(parts(common, judge, sources), judging(common), Runnable::run, note -> {});
    }

    private static Models.Parts parts(Settings common, Models.Judge judge, Supplier<List<SourceSpec>> sources) {
        return new Models.Parts(common, judge, Clock.systemUTC(), sources);
    }

    private Judging judging(Settings common) {
        ModelShelf.Standing standing = shelf.standing();
        return new Judging(ServingModel.open(common, shelf, standing.serving(), Clock.systemUTC()), shelf, standing);
    }

    private static SourceSpec own(Map<String, String> own) {
        return new SourceSpec(
                "own", "rtsp://h/own", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), own);
    }

    private Verdict.Model rulesOf(String id) {
        return ServingModel.open(settings, shelf, id, Clock.systemUTC()).rules().model();
    }

    private static Verdict verdictOf(Verdict.Model model) {
        Verdict fake = Verdicts.fake("talk", 1);
        return new Verdict(
                fake.id(),
                fake.kind(),
                fake.stream(),
                fake.sequence(),
                fake.span(),
                fake.decision(),
                fake.reasons(),
                fake.score(),
                fake.labels(),
                fake.threshold(),
                fake.face(),
                fake.coverage(),
                model,
                fake.evidence(),
                fake.timing());
    }

    /** Writes down what it is told to judge by. */
    private static final class Recorded implements Models.Judge {
        private final List<String> done = new ArrayList<>();
        private Consumer<String> shadowFailed = why -> {};
        private Consumer<String> replaceFailed = why -> {};

        @Override
        public void replace(ServingModel model, Consumer<String> failed) {
            replaceFailed = failed;
            done.add("replace " + model.card().version());
        }

        @Override
        public void shadow(ServingModel model, Consumer<String> failed) {
            done.add("shadow " + model.card().version());
            shadowFailed = failed;
        }

        @Override
        public void withoutShadow() {
            done.add("no shadow");
        }
    }

    private void addFiles(Path watched, int round) throws IOException {
        for (int i = 0; i < FILES / 3; i++) {
            Files.copy(CLIPS.resolve("two-faces.mp4"), watched.resolve(round + "-" + i + ".mp4"));
        }
    }

    private void awaitFiles(Feed.Subscription feed) {
        await().atMost(120, SECONDS).until(() -> {
            feed.poll(200).ifPresent(seen::add);
            return seen.stream()
                            .filter(item -> item.source().equals("uploads"))
                            .map(Feed.Item::outcome)
                            .filter(Outcome::isLast)
                            .count()
                    == FILES;
        });
        assertThat(seen.stream()
                        .map(Feed.Item::outcome)
                        .filter(Outcome.Changed.class::isInstance)
                        .map(outcome -> ((Outcome.Changed) outcome).state().state()))
                .doesNotContain(StreamState.State.FAILED);
    }

    private void awaitItem(Feed.Subscription feed, Predicate<Feed.Item> wanted) {
        await().atMost(90, SECONDS).until(() -> {
            Optional<Feed.Item> item = feed.poll(200);
            item.ifPresent(seen::add);
            return item.filter(wanted).isPresent();
        });
    }

    private static boolean judgedBy(Feed.Item item, String version) {
        return verdict(item)
                .filter(verdict ->
                        verdict.score().isPresent() && verdict.model().version().equals(version))
                .isPresent();
    }

    private static Optional<Verdict> verdict(Feed.Item item) {
        CloudEvent event = item.event();
        return VerdictEvent.isVerdict(event) ? Optional.of(VerdictEvent.parse(event)) : Optional.empty();
    }

    @Test
    void shouldLeaveOutAnInstalledModelWhoseCardCannotBeRead() throws IOException {
        Path damaged = Files.createDirectories(settings.dataDirectory().resolve("installed-models/0123456789ab"));
        Files.writeString(damaged.resolve("model.json"), "{");

        assertThat(shelf.list()).isEmpty();
        assertThat(shelf.unreadable()).containsExactly("0123456789ab");
        assertThatThrownBy(() -> shelf.promote(Optional.of("0123456789ab"), settings))
                .isInstanceOf(RunException.Refused.class);
    }

    private Settings settings(Path model) throws IOException {
        Map<String, String> overrides = Map.of(
                "data-directory", folder.resolve("data").toString(),
                "broker.port", String.valueOf(TestPorts.free()),
                "model.directory", model.toString(),
                "clip.frames", "4",
                "clip.hop", "2",
                "clip.min-frames", "2",
                "serve.watch-interval-ms", "200");
        return SettingsLoader.ofService()
                .load(new SettingsSources(
                        Optional.empty(), Map.of(), Map.of("user.home", folder.toString()), overrides))
                .settings();
    }
}
