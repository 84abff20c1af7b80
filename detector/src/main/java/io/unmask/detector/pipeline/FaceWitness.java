package io.unmask.detector.pipeline;

import io.unmask.detector.verdict.Locator;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import java.util.List;

/** Sees the pictures of judged faces. Called by the scoring thread only. */
public interface FaceWitness {

    /** Looks at nothing. */
    FaceWitness NONE = new FaceWitness() {
        @Override
        public void judged(Verdict.Stream stream, FaceClip clip, Verdict.Face face) {}

        @Override
        public List<Verdict.Evidence> evidence(Verdict.Stream stream, int track, Locator locator) {
            return List.of();
        }
    };

    /** @param face its frames are the clip's samples, in their order */
    void judged(Verdict.Stream stream, FaceClip clip, Verdict.Face face);

    /**
     * What supports the verdict on a face whose track is over.
     *
     * @param locator of the model that judges; to be used before this returns
     */
    List<Verdict.Evidence> evidence(Verdict.Stream stream, int track, Locator locator);

    /** What was seen of a stream that is judged here no longer, though it is not over. */
    default void forget(Verdict.Stream stream) {}
}
