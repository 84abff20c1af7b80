package io.unmask.model.train;

import io.unmask.ingest.clip.RgbFrame;
import java.util.List;

/** Chooses the clips of each batch. Thread-safe, and a pure function of the batch's number. */
interface Drawing {

    /**
     * A clip as the network will see it.
     *
     * @param label index into the labels
     * @param shares how much of each place of each frame is forged, in rows; empty where it is not known
     * @param source where it is from
     */
    record Drawn(List<RgbFrame> frames, int label, List<float[]> shares, String source) {}

    /** Clips of batch {@code number}, from 0. */
    List<Drawn> draw(long number);

    /** Batches in which every sequence that sets the pace was met once, at weight 1. */
    long batchesInEpoch();
}
