package io.unmask.detector.serve;

import io.cloudevents.CloudEvent;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.unmask.config.Daemons;
import io.unmask.config.Settings;
import io.unmask.config.SettingsException;
import io.unmask.config.SourceSpec;
import io.unmask.detector.evidence.EvidenceFolder;
import io.unmask.detector.evidence.Report;
import io.unmask.detector.pipeline.Outlets;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.run.Delivery;
import io.unmask.detector.run.RunException;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.run.SideDelivery;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.workers.ClipDelivery;
import io.unmask.detector.workers.ClipWorker;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.model.score.ClipScorer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates the parts of one run of the service and connects them. */
final class Assembly implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Assembly.class);
    private static final long TICK_MS = 250;
    private static final long EXPIRE_MINUTES = 10;
    private static final int MAX_UPLOADS = 1000;
    /** The label of all uploads in the metrics: with one label for each, the metrics would grow without end. */
    private static final String UPLOAD_LABEL = "upload";
    /** The label of all streams that other processes read. Those processes have metrics for each of them. */
    private static final String HANDED_OVER_LABEL = "handed-over";

    private static final Set<String> RESERVED_IDS = Set.of(UPLOAD_LABEL, HANDED_OVER_LABEL);

    private final ServeRun.Request request;
    private final Settings settings;
    private final ServingModel model;
    private final Feed feed = new Feed();
    private final Clock clock;
    private final Optional<EvidenceFolder> evidence;
    private final ReviewStore reviewStore;
    private final Album album;
    private final ReviewQueue reviews;
    private final ServiceMeters meters;
    private final Announcer announcer;
    private final HandedOver handedOver;
    private final Followers files;
    private final Pipeline pipeline;
    private final SourceContext context;
    private final Journal journal;
    private final SourceSet sources;
    private final Uploads uploads;
    private final Models models;
    private volatile Optional<SideDelivery> beside = Optional.empty();
    private final WorkerModels workers = new WorkerModels();
    private volatile Consumer<String> notes = LOG::info;
    private final ExecutorService loader = Executors.newSingleThreadExecutor(Daemons.named("unmask-model"));
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(Daemons.named("unmask-timer"));
    /** Apart from the timer, which checks that cameras are alive and must not wait for a slow disk. */
    private final ScheduledExecutorService chores =
            Executors.newSingleThreadScheduledExecutor(Daemons.named("unmask-chores"));
    /** Apart from the chores, so that edits of the settings do not wait while all evidence is read to erase the old. */
    private final ScheduledExecutorService expiry =
            Executors.newSingleThreadScheduledExecutor(Daemons.named("unmask-expiry"));
    /** One thread for each folder that is being listed: a network folder may hang. */
    private final ExecutorService folders = Executors.newCachedThreadPool(Daemons.named("unmask-folders"));

    private volatile Optional<String> unready = Optional.of("the model is being loaded");

    Assembly(ServeRun.Request request, Judging judging, Delivery delivery, Clock clock) {
        this.request = request;
        this.settings = request.settings();
        this.model = judging.model();
        Path data = settings.dataDirectory();
        evidence = settings.verdict().evidence() ? Optional.of(new EvidenceFolder(data, clock)) : Optional.empty();
        this.clock = clock;
        album = new Album(evidence);
        reviewStore = ReviewStore.open(data.resolve("serve").resolve("reviews.sqlite"));
        reviews = new ReviewQueue(album, new LabelStore(data), reviewStore, clock);
        meters = new ServiceMeters(request.meters());
        announcer = new Announcer(delivery, evidence, feed, new Announced());
        pipeline = pipeline();
        handedOver = new HandedOver(model.rules().ids(), clock);
        files = Role.of(settings) == Role.INGEST ? handedOver : announcer;
        context = new SourceContext(pipeline, model, clock, timer, folders, new Random(), System.getenv(), announcer);
        journal = Journal.open(data.resolve("serve").resolve("judged.txt"));
        SavedSources saved = new SavedSources(data.resolve("serve").resolve("sources.json"));
        sources = new SourceSet(this::open, settings, saved, new Members(), clock);
        uploads = new Uploads(
                data.resolve("uploads"), new Uploads.Parts(context, announcer, album, this::report), MAX_UPLOADS);
        models = new Models(
                new Models.Parts(settings, judge(delivery), clock, sources::specs),
                judging,
                loader,
                line -> notes.accept(line));
        register(request.meters(), delivery);
    }

    private Models.Judge judge(Delivery delivery) {
        return Role.of(settings) == Role.SCORE
                ? workers
                : new PipelineModels(pipeline, outcomes -> announcer.shadowed(beside(delivery), outcomes));
    }

    private Report report(List<Verdict> verdicts) {
        String digest = model.rules().ids().settingsDigest();
        return new Report(models.cardOf(verdicts), request.unmaskVersion(), digest, clock);
    }

    /** The delivery of the shadow model's verdicts, which is opened when it is first needed. Called by the scoring thread. */
    private SideDelivery beside(Delivery delivery) {
        if (beside.isEmpty()) {
            beside = Optional.of(delivery.beside(settings.model().shadowTopic()));
        }
        return beside.get();
    }

    /** Opens the HTTP API and the page, after the uploads of an earlier run have been removed. */
    AutoCloseable front() {
        if (Role.of(settings) != Role.SCORE) {
            uploads.clear();
        }
        return request.front().apply(service());
    }

    private Service service() {
        return new Service(settings, sources, feed, uploads, reviews, models, new RunHealth());
    }

    /**
     * Starts the sources and the recurring tasks.
     *
     * @param notes told whether edits of the settings file were taken up
     * @throws RefusedException when a source of the settings cannot be opened
     */
    void begin(Consumer<String> notes) {
        this.notes = notes;
        Guarded.every(expiry, TimeUnit.MINUTES.toMillis(EXPIRE_MINUTES), this::expireEvidence);
        if (Role.of(settings) == Role.SCORE) {
            sources.takeChanges();
            return;
        }
        sources.apply(settings.sources());
        sources.restore(notes);
        SettingsWatch watch = new SettingsWatch(request.file(), request.reload(), settings, sources::apply, notes);
        Guarded.every(timer, TICK_MS, () -> sources.tick(System.nanoTime()));
        Guarded.every(chores, settings.serve().watchIntervalMs(), watch::look);
        if (Role.of(settings) == Role.ALL) {
            Guarded.every(chores, settings.serve().watchIntervalMs(), models::look);
        }
        Guarded.every(expiry, TimeUnit.MINUTES.toMillis(EXPIRE_MINUTES), uploads::expire);
    }

    /** Reads the sources and judges their clips until {@link #end}. */
    void run() throws InterruptedException {
        pipeline.run(this::load);
    }

    /** Reads the sources and hands their clips to other processes until {@link #end}. */
    void handOver(ClipDelivery clips) throws InterruptedException {
        unready = Optional.empty();
        pipeline.handOver(clips.sink(model, handedOver::safe));
    }

    /** Judges clips that other processes hand over, until the worker is stopped. */
    void work(ClipWorker worker) throws InterruptedException {
        workers.setWorker(worker);
        Guarded.every(chores, settings.serve().watchIntervalMs(), models::look);
        worker.run(load());
    }

    /** Makes a worker whose outcomes are shown like those of sources that this process reads. */
    ClipWorker worker(Consumer<String> troubles) {
        return new ClipWorker(model, album, request.meters(), new ClipWorker.Listener() {
            @Override
            public void committed(List<Outcome> outcomes) {
                announcer.announce(outcomes);
            }

            @Override
            public void trouble(String message) {
                troubles.accept(message);
            }
        });
    }

    /** An event came back from Kafka. */
    void arrived(CloudEvent event) {
        if (Role.of(settings) == Role.INGEST) {
            announcer.returned(event);
        }
    }

    private ClipScorer load() {
        ClipScorer scorer = model.load();
        unready = Optional.empty();
        return scorer;
    }

    /** Ends {@link #run} soon; called by any thread. */
    void end() {
        unready = Optional.of("the service is ending");
        sources.close();
        pipeline.stop();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        chores.shutdownNow();
        expiry.shutdownNow();
        folders.shutdownNow();
        loader.shutdownNow();
        beside.ifPresent(SideDelivery::close);
        reviewStore.close();
    }

    private Pipeline pipeline() {
        return new Pipeline(
                model.rules(),
                new Outlets(announcer, (job, position, duration) -> {}, album, request.meters()),
                new Pipeline.Limits(
                        Runtime.getRuntime().availableProcessors(),
                        settings.model().batchClips(),
                        Duration.ofMillis(settings.serve().maxLatenessMs())));
    }

    private ManagedSource open(SourceSpec spec) {
        context.requireReading();
        if (RESERVED_IDS.contains(spec.id()) || Uploads.isSource(spec.id())) {
            throw new RefusedException("source " + spec.id() + ": this id is reserved; choose another");
        }
        SourceUri uri = SourceAddress.of(spec, context.environment());
        try {
            models.requireFit(spec);
            return uri.isLive() ? new LiveSource(spec, context) : new FileSource(spec, context, files, journal);
        } catch (RunException.Refused | SettingsException e) {
            throw new RefusedException("source " + spec.id() + ": " + e.getMessage());
        }
    }

    private final class Members implements SourceSet.Listener {
        @Override
        public void came(String id) {
            feed.remember(id);
        }

        @Override
        public void went(String id) {
            feed.forget(id);
            meters.forget(id);
        }
    }

    private final class Announced implements Announcer.Listener {
        @Override
        public void announced(String source, Outcome outcome) {
            meters.announced(label(source), outcome);
            reviews.announced(source, outcome);
            // The source may have been removed meanwhile, and its meters must not come back.
            if (isGone(source)) {
                meters.forget(source);
            }
        }

        @Override
        public void over(Verdict.Stream stream) {
            reviews.over(stream);
        }

        @Override
        public void shadowed(String source, Outcome outcome) {
            meters.shadowed(label(source), outcome);
        }

        /** The source's label in the metrics. Uploads, and streams of other processes, share one each. */
        private String label(String source) {
            if (Role.of(settings) == Role.SCORE) {
                return HANDED_OVER_LABEL;
            }
            return Uploads.isSource(source) ? UPLOAD_LABEL : source;
        }

        private boolean isGone(String source) {
            return label(source).equals(source) && !feed.remembers(source);
        }
    }

    private void register(MeterRegistry registry, Delivery delivery) {
        Gauge.builder("unmask.outbox.pending", delivery, Delivery::pending)
                .description("Events that Kafka does not have yet")
                .register(registry);
        Gauge.builder("unmask.model.info", () -> 1)
                .description("The model that judges")
                .tags(
                        "name",
                        model.card().name(),
                        "version",
                        model.card().version(),
                        "digest",
                        model.card().digest())
                .register(registry);
    }

    private void expireEvidence() {
        int days = settings.evidence().keepDays();
        if (evidence.isEmpty() || days == 0) {
            return;
        }
        try {
            Instant oldest = clock.instant().minus(Duration.ofDays(days));
            int erased = evidence.get().erase(Optional.empty(), oldest, "evidence.keep-days = " + days);
            if (erased > 0) {
                LOG.info("{} pictures are older than {} days and were erased", erased, days);
            }
        } catch (IOException e) {
            LOG.warn("old evidence cannot be erased", e);
        }
    }

    private final class RunHealth implements Service.Health {
        @Override
        public Optional<String> unready() {
            return unready;
        }

        @Override
        public void refreshMeters() {
            Map<String, Integer> waiting = new HashMap<>();
            pipeline.waiting()
                    .forEach((stream, events) -> waiting.merge(announcer.source(stream), events, Integer::sum));
            meters.refresh(sources.list(), waiting);
        }
    }
}
