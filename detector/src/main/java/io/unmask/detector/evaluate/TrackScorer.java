package io.unmask.detector.evaluate;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.config.Settings;
import io.unmask.detector.pipeline.OpenStream;
import io.unmask.detector.pipeline.ScoringWorker;
import io.unmask.detector.pipeline.StreamEvent;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.ClipAssembler;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.model.data.FaceCache;
import io.unmask.model.score.ClipScorer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Judges one stored face by the service's own scoring: a stream that shows this face alone. Not thread-safe. */
final class TrackScorer {
    private static final int TRACK = 1;

    private final ScoringWorker scoring;
    private final Rules rules;
    private final Settings settings;

    /** @param scorer stays the caller's to close */
    TrackScorer(ClipScorer scorer, Rules rules, Settings settings) {
        scoring = new ScoringWorker(scorer, rules, FaceWitness.NONE, new SimpleMeterRegistry());
        this.rules = rules;
        this.settings = settings;
    }

    /** The final verdict on the face. */
    Verdict judge(FaceCache.Track face) throws IOException {
        String file = face.file().toString();
        OpenStream stream = new OpenStream(
                file, new Verdict.Stream(file, file, file), rules.clock().instant(), false);
        var windows = new ClipAssembler(settings.clip(), settings.source().sampleFps());
        List<Verdict> verdicts = new ArrayList<>();
        long endMicros = 0;
        for (int i = 0; i < face.count(); i++) {
            FaceSample sample = face.sample(i);
            endMicros = sample.timeMicros();
            verdicts.addAll(
                    take(stream, windows.add(endMicros, Map.of(TRACK, sample), Set.of(), List.of(), Coverage.NONE)));
        }
        verdicts.addAll(take(stream, windows.finish(Coverage.NONE)));
        verdicts.addAll(take(stream, List.of(new SourceEnded(0, endMicros, true, Optional.empty(), Coverage.NONE))));
        return verdicts.stream()
                .filter(verdict -> verdict.kind() == Verdict.Kind.TRACK)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(file + " holds no track"));
    }

    private List<Verdict> take(OpenStream stream, List<IngestEvent> events) {
        return scoring
                .process(events.stream()
                        .map(event -> new StreamEvent(stream, event, System.nanoTime()))
                        .toList())
                .stream()
                .filter(Outcome.Judged.class::isInstance)
                .map(outcome -> ((Outcome.Judged) outcome).verdict())
                .toList();
    }
}
