package io.unmask.detector.cli;

import io.cloudevents.CloudEvent;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.detector.pipeline.Outcome;
import io.unmask.detector.pipeline.OutcomeSink;
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
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import io.unmask.model.score.DjlClipScorer;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.spec.ModelSpec;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** One run of {@code unmask detect}: wires sources, model, pipeline and delivery. */
final class Detection {
    private final Console console;
    private final Shutdown shutdown;
    private final Request request;
    private final Tally tally = new Tally();
    private final MeterRegistry meters = new SimpleMeterRegistry();

    /** What is asked for. */
    record Request(
            Settings settings,
            List<SourceUri> sources,
            ResultView.Format format,
            boolean publish,
            boolean failOnFake,
            boolean verbose) {}

    Detection(Console console, Shutdown shutdown, Request request) {
        this.console = console;
        this.shutdown = shutdown;
        this.request = request;
    }

    int run() throws InterruptedException {
        ResultView view = ResultView.of(request.format(), console, request.sources().size() > 1);
        // First, since the broker takes longest to start.
        try (Delivery delivery = delivery(view)) {
            judge(delivery);
            boolean arrived = delivery.finish();
            if (request.verbose()) {
                summarise();
            }
            return arrived ? exitCode() : ExitCode.FAILURE;
        }
    }

    private Delivery delivery(ResultView view) {
        return request.publish()
                ? KafkaDelivery.start(request.settings(), console, view)
                : new Delivery.Unpublished(view);
    }

    private void judge(Delivery delivery) throws InterruptedException {
        Settings settings = request.settings();
        ModelDirectory model = model(settings);
        try (Progress progress = progress()) {
            Pipeline pipeline = new Pipeline(
                    rules(model, settings),
                    sink(delivery),
                    progress == null ? (job, position, duration) -> {} : progress,
                    meters,
                    new Pipeline.Limits(
                            Runtime.getRuntime().availableProcessors(),
                            settings.model().batchClips()));
            shutdown.onRequest(pipeline::stop);
            ModelSpec spec = model.card().spec();
            CropSpec crop = new CropSpec(spec.inputSize(), spec.cropScale());
            pipeline.run(
                    request.sources().stream().map(source -> job(source, crop)).toList(),
                    () -> DjlClipScorer.open(model, settings.model().threads()));
        }
    }

    private Progress progress() {
        boolean endless = request.sources().stream().anyMatch(SourceUri::isLive);
        return console.progressPossible()
                ? new Progress(console, request.sources().size(), endless)
                : null;
    }

    static ModelDirectory model(Settings settings) {
        return settings.model()
                .directory()
                .map(ModelDirectory::open)
                .orElseGet(() -> ModelDirectory.packagedDefault(
                        settings.dataDirectory().resolve("models")));
    }

    private static Rules rules(ModelDirectory model, Settings settings) {
        ModelSpec spec = model.card().spec();
        if (settings.clip().frames() > spec.clipFrames()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "clip.frames = " + settings.clip().frames() + ": the model in " + model.path() + " takes at most "
                            + spec.clipFrames(),
                    null);
        }
        Verdict.Model named = new Verdict.Model(
                model.card().name(),
                model.card().version(),
                model.card().digest(),
                model.card().trainingDigest(),
                model.calibration());
        return new Rules(
                new VerdictPolicy(model.calibration(), settings),
                new VerdictIds(model.card().digest(), settings),
                named,
                settings.clip().hop(),
                Clock.systemUTC());
    }

    private StreamJob job(SourceUri source, CropSpec crop) {
        Settings settings = request.settings();
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
            return VerdictEvent.of(judged.verdict());
        }
        StreamState state = ((Outcome.Changed) outcome).state();
        tally.add(state);
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

    private void summarise() {
        for (Meter meter : meters.getMeters()) {
            String name = meter.getId().getName();
            if (meter instanceof Timer timer) {
                console.note(String.format(
                        Locale.ROOT,
                        "%-22s %6d times, %9.1f ms in all, %8.1f ms at most",
                        name,
                        timer.count(),
                        timer.totalTime(TimeUnit.MILLISECONDS),
                        timer.max(TimeUnit.MILLISECONDS)));
            } else {
                meter.measure().forEach(m -> console.note("%-22s %6.0f".formatted(name, m.getValue())));
            }
        }
    }
}
