package io.unmask.detector.verdict;

import io.unmask.ingest.clip.IngestEvent.FaceClip;
import java.util.List;

/** Is shown the pictures of judged faces, and may keep some as evidence. Called by the scoring thread only. */
public interface FaceWitness {

    /** Keeps nothing. */
    FaceWitness NONE = new FaceWitness() {
        @Override
        public void judged(Verdict.Stream stream, FaceClip clip, Verdict.Face face) {}

        @Override
        public List<Verdict.Evidence> evidence(Verdict.Stream stream, int track, Locator locator) {
            return List.of();
        }
    };

    /**
     * Is shown a judged clip.
     *
     * @param face whose frames correspond to the clip's samples, in the same order
     */
    void judged(Verdict.Stream stream, FaceClip clip, Verdict.Face face);

    /**
     * Returns what supports the verdict on a face whose track is over.
     *
     * @param locator of the model that judges; must not be used after this method has returned
     */
    List<Verdict.Evidence> evidence(Verdict.Stream stream, int track, Locator locator);

    /** Forgets a stream that this process stops judging before it is over. */
    default void forget(Verdict.Stream stream) {}
}
