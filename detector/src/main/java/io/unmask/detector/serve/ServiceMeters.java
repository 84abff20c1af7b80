package io.unmask.detector.serve;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.unmask.detector.pipeline.StreamEvent;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.Coverage;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The metrics of each source. Announcements come from one thread; gauges are read by any. */
final class ServiceMeters implements Announcer.Listener {
    private final MeterRegistry registry;
    private final MultiGauge lag;
    private final MultiGauge reconnects;
    private final MultiGauge state;
    private final MultiGauge waiting;
    private final MultiGauge drift;
    /** The coverage that each open session reported last. The counters grow by what was added since. */
    private final Map<Verdict.Stream, Coverage> seen = new HashMap<>();

    private final Map<DriftKey, ScoreDrift> drifts = new ConcurrentHashMap<>();

    /** Drift is measured for each model, because scores of two models differ without any drift. */
    private record DriftKey(String source, Verdict.Model model) {}

    ServiceMeters(MeterRegistry registry) {
        this.registry = registry;
        lag = MultiGauge.builder("unmask.source.lag")
                .baseUnit("seconds")
                .description("How late the newest picture is")
                .register(registry);
        reconnects = MultiGauge.builder("unmask.source.reconnects")
                .description("Times that pictures came again after they had stopped")
                .register(registry);
        state = MultiGauge.builder("unmask.source.state")
                .description("1 for the state that the source is in")
                .register(registry);
        drift = MultiGauge.builder("unmask.score.drift")
                .description("Population stability index of the newest scores against the model's first ones")
                .register(registry);
        waiting = MultiGauge.builder("unmask.source.queue.depth")
                .description("Events that wait to be judged")
                .register(registry);
    }

    @Override
    public void announced(String source, Outcome outcome) {
        if (outcome instanceof Outcome.Judged judged) {
            Verdict verdict = judged.verdict();
            count(source, verdict.stream(), verdict.coverage());
            count(source, verdict, "unmask.verdicts", "unmask.verdict.p.fake");
            if (verdict.kind() == Verdict.Kind.CLIP) {
                verdict.score()
                        .ifPresent(score -> drift(source, verdict.model()).add(score.pFake()));
            }
            Double captureToVerdictMs = verdict.timing().get(StreamEvent.CAPTURE_TO_VERDICT);
            if (captureToVerdictMs != null) {
                registry.timer("unmask.capture.to.verdict", "source", source)
                        .record(Duration.ofNanos(Math.round(captureToVerdictMs * 1e6)));
            }
        } else {
            StreamState changed = ((Outcome.Changed) outcome).state();
            count(source, changed.stream(), changed.coverage());
            if (Announcer.endsSession(outcome)) {
                seen.remove(changed.stream());
            }
            registry.counter("unmask.source.events", "source", source, "state", lower(changed.state()))
                    .increment();
        }
    }

    @Override
    public void shadowed(String source, Outcome outcome) {
        if (outcome instanceof Outcome.Judged judged) {
            Verdict verdict = judged.verdict();
            count(source, verdict, "unmask.shadow.verdicts", "unmask.shadow.p.fake");
        }
    }

    private void count(String source, Verdict verdict, String counter, String summary) {
        registry.counter(counter, "source", source, "kind", lower(verdict.kind()), "verdict", verdict.outcome())
                .increment();
        verdict.score()
                .ifPresent(score -> registry.summary(summary, "source", source).record(score.pFake()));
    }

    private ScoreDrift drift(String source, Verdict.Model model) {
        drifts.keySet()
                .removeIf(key -> key.source().equals(source) && !key.model().equals(model));
        return drifts.computeIfAbsent(new DriftKey(source, model), key -> new ScoreDrift());
    }

    /** Removes all metrics of a source that was removed. */
    void forget(String source) {
        drifts.keySet().removeIf(key -> key.source().equals(source));
        registry.getMeters().stream()
                .filter(meter -> source.equals(meter.getId().getTag("source")))
                .forEach(registry::remove);
    }

    /** Updates the gauges. */
    void refresh(List<SourceStatus> sources, Map<String, Integer> waitingBySource) {
        lag.register(
                sources.stream()
                        .filter(source -> source.lagMillis().isPresent())
                        .map(source -> row(source, source.lagMillis().orElse(0) / 1000.0))
                        .toList(),
                true);
        reconnects.register(
                sources.stream().map(source -> row(source, source.reconnects())).toList(), true);
        waiting.register(
                sources.stream()
                        .map(source -> row(source, waitingBySource.getOrDefault(source.id(), 0)))
                        .toList(),
                true);
        drift.register(
                drifts.entrySet().stream()
                        .map(entry ->
                                Row.of(Tags.of("source", entry.getKey().source()), entry.getValue(), ScoreDrift::index))
                        .toList(),
                true);
        state.register(
                sources.stream()
                        .map(source -> Row.of(Tags.of("source", source.id(), "state", lower(source.state())), 1))
                        .toList(),
                true);
    }

    private static Row<Number> row(SourceStatus source, double value) {
        return Row.of(Tags.of("source", source.id()), value);
    }

    private void count(String source, Verdict.Stream stream, Coverage now) {
        Coverage before = seen.getOrDefault(stream, Coverage.NONE);
        if (now.decoded() >= before.decoded()) {
            seen.put(stream, now);
        }
        add(source, "decoded", now.decoded() - before.decoded());
        add(source, "sampled", now.sampled() - before.sampled());
        add(source, "with_face", now.withFace() - before.withFace());
        add(source, "damaged", now.damaged() - before.damaged());
        add(source, "tainted", now.tainted() - before.tainted());
        add(source, "colour_mapped", now.colourMapped() - before.colourMapped());
        add(source, "dropped", now.dropped() - before.dropped());
    }

    /** Never counts backwards: of tracks that end together, one may report slightly older counts than another. */
    private void add(String source, String what, long more) {
        Counter counter = registry.counter("unmask.source.frames", "source", source, "became", what);
        if (more > 0) {
            counter.increment((double) more);
        }
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
