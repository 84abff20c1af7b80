package io.unmask.detector.run;

import io.cloudevents.CloudEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.detector.evidence.EvidenceFolder;
import io.unmask.detector.evidence.Report;
import io.unmask.detector.pipeline.Outlets;
import io.unmask.detector.pipeline.Pipeline;
import io.unmask.detector.pipeline.ProgressListener;
import io.unmask.detector.pipeline.StreamIdentity;
import io.unmask.detector.pipeline.StreamJob;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.decode.SourceList;
import io.unmask.ingest.decode.SourceUri;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** One run of {@code unmask detect}: joins sources, model, pipeline and delivery. Runs once. */
public final class DetectRun {
    private final Request request;
    private final Listener listener;
    private final Optional<ReportFile> report;
    private final Gallery gallery;
    private final Tally tally = new Tally();
    /** Sources whose reader knows how long they last, so that they have an end even when they are network streams. */
    private final Set<String> declared = ConcurrentHashMap.newKeySet();

    private final MeterRegistry meters = new SimpleMeterRegistry();

    private final Object lock = new Object();
    private Optional<Pipeline> pipeline = Optional.empty();
    private Optional<Delivery> delivery = Optional.empty();
    private boolean stopped;

    /**
     * What the run is to do.
     *
     * @param publish whether events go to Kafka
     * @param report the file to write the report into
     * @param failOn the final verdict on a face that makes the command fail: {@code fake}, or a label of the model.
     *     {@link #run} refuses a verdict that the model cannot give
     * @param unmaskVersion is named in the report
     */
    public record Request(
            Settings settings,
            SourceList sources,
            boolean publish,
            Optional<Path> report,
            Optional<String> failOn,
            String unmaskVersion) {}

    /** Is told how the run goes. */
    public interface Listener extends Delivery.Listener, ProgressListener {

        /** All sources have been judged to their ends; only the delivery is left. */
        void judged();
    }

    /**
     * How a run ended.
     *
     * @param arrived whether all events reached Kafka; those that did not are kept for the next run
     * @param documented whether all evidence was written
     * @param cutShort whether a source that has an end was not read to that end
     * @param summary says where the events went, for people; empty when they went nowhere
     */
    public record Result(
            boolean arrived, boolean documented, boolean cutShort, Tally tally, Optional<String> summary) {}

    /** @throws RunException.Refused when the report cannot be written to its file */
    public DetectRun(Request request, Listener listener) {
        this.request = request;
        this.listener = listener;
        report = request.report().map(ReportFile::new);
        gallery = new Gallery(
                request.settings().verdict().evidence()
                        ? Optional.of(new EvidenceFolder(request.settings().dataDirectory(), Clock.systemUTC()))
                        : Optional.empty(),
                report.isPresent() ? OptionalInt.of(request.sources().sources().size()) : OptionalInt.empty(),
                listener::trouble);
    }

    /** Judges all sources and delivers what was judged. */
    public Result run() throws InterruptedException {
        // The broker takes longest to start, so it is started before the model is read.
        try (Delivery begun = request.publish()
                ? KafkaDelivery.start(request.settings(), listener)
                : new Delivery.Unpublished(listener::arrived)) {
            makeStoppable(begun);
            ServingModel model = ServingModel.open(request.settings(), Clock.systemUTC());
            requireKnown(model.rules().model());
            reportSkipped(model, begun);
            judge(model, begun);
            listener.judged();
            boolean arrived = begun.finish();
            report.ifPresent(file -> file.write(
                    new Report(
                            model.card(),
                            request.unmaskVersion(),
                            model.rules().ids().settingsDigest(),
                            Clock.systemUTC()),
                    gallery));
            return new Result(arrived, gallery.isWhole(), isCutShort(), tally, begun.summary());
        }
    }

    private boolean isCutShort() {
        return request.sources().sources().stream()
                .filter(source -> !source.isLive() || declared.contains(source.redacted()))
                .anyMatch(source -> !tally.isOver(source.redacted()));
    }

    private void progress(StreamJob job, long positionMicros, OptionalLong durationMicros) {
        if (durationMicros.isPresent()) {
            declared.add(job.label());
        }
        listener.at(job, positionMicros, durationMicros);
    }

    /** Refuses a {@code --fail-on} verdict that this model never gives, since the command could then never fail. */
    private void requireKnown(Verdict.Model model) {
        List<String> known = model.detects() ? List.of("fake") : model.labels();
        request.failOn().filter(wanted -> !known.contains(wanted)).ifPresent(wanted -> {
            throw new RunException.Refused("--fail-on " + wanted + ": with the model " + model.name() + " it must be "
                    + (known.size() == 1 ? known.get(0) : "one of " + known));
        });
    }

    /** Lets {@link #stop} reach the delivery. The run may have been stopped already. */
    private void makeStoppable(Delivery begun) {
        boolean late;
        synchronized (lock) {
            delivery = Optional.of(begun);
            late = stopped;
        }
        if (late) {
            begun.stop();
        }
    }

    /** Ends {@link #run} soon: what was seen is judged and delivered. May be called at any time by any thread. */
    public void stop() {
        Optional<Pipeline> running;
        Optional<Delivery> delivering;
        synchronized (lock) {
            stopped = true;
            running = pipeline;
            delivering = delivery;
        }
        running.ifPresent(Pipeline::stop);
        delivering.ifPresent(Delivery::stop);
    }

    /** Counts and times of the stages. */
    public MeterRegistry meters() {
        return meters;
    }

    private void judge(ServingModel model, Delivery into) throws InterruptedException {
        List<SourceUri> sources = request.sources().sources();
        int live = (int) sources.stream().filter(SourceUri::isLive).count();
        int files = SourceJobs.filesAtOnce(sources.size() - live);
        Pipeline judging = new Pipeline(
                model.rules(),
                new Outlets(outcomes -> deliver(outcomes, into), this::progress, witness(), meters),
                new Pipeline.Limits(
                        files,
                        request.settings().model().batchClips(),
                        Duration.ofMillis(request.settings().serve().maxLatenessMs())));
        synchronized (lock) {
            if (stopped) {
                // No source was opened, so no stream needs an event about its end.
                return;
            }
            pipeline = Optional.of(judging);
        }
        int atOnce = Math.min(sources.size(), live + files);
        SourceJobs jobs = new SourceJobs(request.settings(), model.crop(), atOnce, Clock.systemUTC());
        judging.run(sources.stream().map(jobs::job).toList(), model::load);
    }

    /** Reports each skipped source as a stream that ended before it began, since silence would read as "real". */
    private void reportSkipped(ServingModel model, Delivery into) {
        List<Outcome> outcomes = new ArrayList<>();
        for (SourceList.Skipped skipped : request.sources().skipped()) {
            Verdict.Stream stream = StreamIdentity.ofSkipped(skipped.entry());
            StreamState.State state = skipped.trouble() ? StreamState.State.FAILED : StreamState.State.ENDED;
            outcomes.add(new Outcome.Changed(new StreamState(
                    model.rules().ids().state(stream, state, 0),
                    stream,
                    1,
                    state,
                    skipped.reason(),
                    0,
                    model.rules().clock().instant(),
                    Coverage.NONE)));
        }
        if (!outcomes.isEmpty()) {
            deliver(outcomes, into);
        }
    }

    private FaceWitness witness() {
        return report.isPresent() || request.settings().verdict().evidence() ? gallery : FaceWitness.NONE;
    }

    private void deliver(List<Outcome> outcomes, Delivery into) {
        outcomes.forEach(this::note);
        List<CloudEvent> events = outcomes.stream().map(Outcome::event).toList();
        into.deliver(events);
        gallery.keep(events);
    }

    private void note(Outcome outcome) {
        if (outcome instanceof Outcome.Judged judged) {
            tally.add(judged.verdict());
            report.ifPresent(file -> file.add(judged.verdict()));
            return;
        }
        StreamState state = ((Outcome.Changed) outcome).state();
        tally.add(state);
        report.ifPresent(file -> file.add(state));
        if (state.state() == StreamState.State.FAILED) {
            listener.trouble(state.detail());
        }
    }
}
