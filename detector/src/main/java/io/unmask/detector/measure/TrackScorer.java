package io.unmask.detector.measure;

import io.unmask.config.Settings;
import io.unmask.detector.verdict.Gating;
import io.unmask.detector.verdict.Judgement;
import io.unmask.detector.verdict.TrackJudge;
import io.unmask.detector.verdict.VerdictPolicy;
import io.unmask.ingest.clip.ClipAssembler;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.model.data.FaceCache;
import io.unmask.model.score.ClipScorer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Judges one stored face as the service judges a face that it sees: the same windows, quality limits and mean. Not
 * thread-safe, as its scorer.
 */
record TrackScorer(ClipScorer scorer, VerdictPolicy policy, Settings settings) {
    private static final int TRACK = 1;

    Judgement judge(FaceCache.Track face) throws IOException {
        var windows = new ClipAssembler(settings.clip(), settings.source().sampleFps());
        var judging = new Judging();
        for (int i = 0; i < face.count(); i++) {
            FaceSample sample = face.sample(i);
            judging.take(windows.add(sample.timeMicros(), Map.of(TRACK, sample), Set.of(), List.of(), Coverage.NONE));
        }
        List<IngestEvent> last = windows.finish(Coverage.NONE);
        judging.take(last);
        TrackEnded end = last.stream()
                .filter(TrackEnded.class::isInstance)
                .map(TrackEnded.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(face.file() + " holds no track"));
        return judging.track.judge(end);
    }

    /** One face on its way. */
    private final class Judging {
        private final TrackJudge track = new TrackJudge(policy, TRACK);
        /** By sample, for as long as a later window can need them. */
        private final Map<Long, float[]> features = new HashMap<>();

        private void take(List<IngestEvent> events) {
            for (IngestEvent event : events) {
                if (event instanceof FaceClip clip) {
                    Gating gating = policy.gate(clip, false);
                    track.add(gating, gating.evaluable() ? score(gating) : policy.refuse(gating));
                    features.keySet()
                            .retainAll(clip.samples().stream()
                                    .map(FaceSample::sequence)
                                    .collect(Collectors.toSet()));
                }
            }
        }

        private Judgement score(Gating gating) {
            List<FaceSample> good = gating.good();
            List<FaceSample> fresh = good.stream()
                    .filter(sample -> !features.containsKey(sample.sequence()))
                    .toList();
            if (!fresh.isEmpty()) {
                float[][] encoded =
                        scorer.encode(fresh.stream().map(FaceSample::crop).toList());
                for (int i = 0; i < encoded.length; i++) {
                    features.put(fresh.get(i).sequence(), encoded[i]);
                }
            }
            float[][] clip =
                    good.stream().map(sample -> features.get(sample.sequence())).toArray(float[][]::new);
            return policy.judge(gating, scorer.score(List.<float[][]>of(clip)).get(0));
        }
    }
}
