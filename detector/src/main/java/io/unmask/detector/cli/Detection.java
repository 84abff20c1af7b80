package io.unmask.detector.cli;

import io.cloudevents.CloudEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.detector.evidence.EvidenceFolder;
import io.unmask.detector.evidence.Report;
import io.unmask.detector.pipeline.FaceWitness;
import io.unmask.detector.pipeline.Outcome;
import io.unmask.detector.pipeline.OutcomeSink;
import io.unmask.detector.pipeline.Outlets;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.pipeline.Rules;
import io.unmask.detector.pipeline.StreamIdentity;
import io.unmask.detector.pipeline.StreamJob;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.VerdictIds;
import io.unmask.detector.verdict.VerdictPolicy;
import io.unmask.ingest.IngestSession;
import io.unmask.ingest.decode.FileDigest;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import io.unmask.model.score.DjlClipScorer;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.spec.ModelSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/** One run of {@code unmask detect}: wires sources, model, pipeline and delivery. */
final class Detection {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    /** Beyond, FFmpeg advises against it. */
    private static final int MOST_SHARED_THREADS = 16;

    private final Console console;
    private final Shutdown shutdown;
    private final Request request;
    private final Optional<ReportFile> report;
    private final Gallery gallery;
    private final Tally tally = new Tally();
    private final MeterRegistry meters = new SimpleMeterRegistry();

    /** What is asked for. */
    record Request(
            Settings settings,
            List<SourceUri> sources,
            ResultView.Format format,
            boolean publish,
            boolean failOnFake,
            Optional<Path> report) {}

    Detection(Console console, Shutdown shutdown, Request request) {
        this.console = console;
        this.shutdown = shutdown;
        this.request = request;
        Set<String> live = request.sources().stream()
                .filter(SourceUri::isLive)
                .map(SourceUri::redacted)
                .collect(Collectors.toSet());
        report = request.report().map(file -> new ReportFile(file, live));
        gallery = new Gallery(
                request.settings().verdict().evidence()
                        ? Optional.of(new EvidenceFolder(request.settings().dataDirectory()))
                        : Optional.empty(),
                report.isPresent() ? OptionalInt.of(request.sources().size()) : OptionalInt.empty(),
                console::error);
    }

    int run() throws InterruptedException {
        Settings settings = request.settings();
        ResultView view =
                ResultView.of(request.format(), console, request.sources().size() > 1);
        // First, since the broker takes longest to start.
        try (Delivery delivery =
                request.publish() ? KafkaDelivery.start(settings, console, view) : new Delivery.Unpublished(view)) {
            ModelDirectory model = model(settings);
            Rules rules = rules(model, settings);
            judge(model, rules, delivery);
            boolean arrived = delivery.finish();
            report.ifPresent(file -> file.write(
                    new Report(model.card(), Versions.unmask(), rules.ids().settingsDigest(), Clock.systemUTC()),
                    gallery));
            if (request.format() == ResultView.Format.TEXT) {
                delivery.summary().ifPresent(console::note);
            }
            return arrived && gallery.isWhole() ? exitCode() : ExitCode.FAILURE;
        }
    }

    /** How long each stage took, for people. */
    List<String> stages() {
        return StageSummary.of(meters);
    }

    private void judge(ModelDirectory model, Rules rules, Delivery delivery) throws InterruptedException {
        Settings settings = request.settings();
        int live = (int) request.sources().stream().filter(SourceUri::isLive).count();
        int files = request.sources().size() - live;
        int atOnce = live + Math.min(files, CORES);
        boolean endless = live > 0;
        try (Progress progress = Progress.on(console, request.sources().size(), endless)) {
            Pipeline pipeline = new Pipeline(
                    rules,
                    new Outlets(sink(delivery), progress, witness(), meters),
                    new Pipeline.Limits(atOnce, settings.model().batchClips()));
            shutdown.onRequest(pipeline::stop);
            ModelSpec spec = model.card().spec();
            CropSpec crop = new CropSpec(spec.inputSize(), spec.cropScale());
            pipeline.run(
                    request.sources().stream()
                            .map(source -> job(source, reading(source, settings, atOnce), crop))
                            .toList(),
                    () -> DjlClipScorer.open(model, settings.model().threads()));
        }
    }

    /**
     * The settings for one of several files. These fill the cores without threads for frames of one, which wait for each
     * other and for the processor's caches; a live source must keep up whatever else is read.
     *
     * @param atOnce sources that are read at the same time
     */
    static Settings reading(SourceUri source, Settings settings, int atOnce) {
        if (settings.source().decoderThreads() > 0 || atOnce == 1 || source.isLive()) {
            return settings;
        }
        return settings.withDecoderThreads(Math.max(1, Math.min(MOST_SHARED_THREADS, CORES / atOnce)));
    }

    private FaceWitness witness() {
        return report.isPresent() || request.settings().verdict().evidence() ? gallery : FaceWitness.NONE;
    }

    static ModelDirectory model(Settings settings) {
        return settings.model()
                .directory()
                .map(ModelDirectory::open)
                .orElseGet(() ->
                        ModelDirectory.packagedDefault(settings.dataDirectory().resolve("models")));
    }

    /** Refuses settings by which the model did not learn. */
    static void requireFit(ModelDirectory model, Settings settings) {
        ModelSpec spec = model.card().spec();
        if (settings.clip().frames() > spec.clipFrames()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "clip.frames = " + settings.clip().frames() + ": the model in " + model.path() + " takes at most "
                            + spec.clipFrames(),
                    null);
        }
        if (settings.source().sampleFps() != spec.sampleFps()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "source.sample-fps = " + settings.source().sampleFps() + ": the model in " + model.path()
                            + " was trained at " + spec.sampleFps(),
                    null);
        }
    }

    private static Rules rules(ModelDirectory model, Settings settings) {
        requireFit(model, settings);
        Verdict.Model named = new Verdict.Model(
                model.card().name(),
                model.card().version(),
                model.card().digest(),
                model.card().trainingDigest(),
                model.calibration());
        return new Rules(
                new VerdictPolicy(model.calibration(), settings),
                new VerdictIds(
                        named,
                        model.card().spec(),
                        settings,
                        settings.face().yunetModel().map(Detection::digest)),
                named,
                settings.clip().hop(),
                Clock.systemUTC());
    }

    private static String digest(Path faceModel) {
        try {
            return FileDigest.sha256(faceModel);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "face.yunet-model = " + faceModel
                            + ": cannot be read; give a YuNet ONNX file or remove the setting",
                    e);
        }
    }

    private static StreamJob job(SourceUri source, Settings settings, CropSpec crop) {
        return new StreamJob(
                source.redacted(),
                source.isLive(),
                () -> StreamIdentity.of(source, Clock.systemUTC()),
                listener -> new SessionReader(new IngestSession(source, settings, crop, listener)));
    }

    private record SessionReader(IngestSession session) implements StreamJob.Reader {
        @Override
        public void run() {
            session.run();
        }

        @Override
        public void stop() {
            session.stop();
        }
    }

    private OutcomeSink sink(Delivery delivery) {
        return outcomes -> {
            List<CloudEvent> events = outcomes.stream().map(this::event).toList();
            delivery.deliver(events);
            if (console.outClosed()) {
                // Nobody reads on, as after "| head".
                shutdown.request();
            }
        };
    }

    private CloudEvent event(Outcome outcome) {
        if (outcome instanceof Outcome.Judged judged) {
            tally.add(judged.verdict());
            report.ifPresent(file -> file.add(judged.verdict()));
            return VerdictEvent.of(judged.verdict());
        }
        StreamState state = ((Outcome.Changed) outcome).state();
        tally.add(state);
        report.ifPresent(file -> file.add(state));
        if (state.state() == StreamState.State.FAILED) {
            console.error(state.detail());
        }
        return VerdictEvent.of(state);
    }

    private int exitCode() {
        boolean cutShort = shutdown.isRequested()
                && !console.outClosed()
                && request.sources().stream().anyMatch(source -> !source.isLive());
        return cutShort ? ExitCode.INTERRUPTED : tally.exitCode(request.failOnFake());
    }
}
