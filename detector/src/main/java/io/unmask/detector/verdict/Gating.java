package io.unmask.detector.verdict;

import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which frames of a clip are good enough to score.
 *
 * @param faults by sample of the clip: the quality limits that it fails; empty when it is to be scored
 * @param reasons what the verdict must say about the clip's quality
 * @param evaluable whether enough good frames are left to score the clip at all
 */
public record Gating(FaceClip clip, List<Set<Reason>> faults, Set<Reason> reasons, boolean evaluable) {
    public Gating {
        faults = List.copyOf(faults);
        reasons = Set.copyOf(reasons);
    }

    /** The samples to encode and score, by time; they may be too few, see {@link #evaluable}. */
    public List<FaceSample> good() {
        return IntStream.range(0, faults.size())
                .filter(this::isGood)
                .mapToObj(clip.samples()::get)
                .toList();
    }

    boolean isGood(int sample) {
        return faults.get(sample).isEmpty();
    }
}
