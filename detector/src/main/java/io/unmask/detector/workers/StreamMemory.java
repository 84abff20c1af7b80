package io.unmask.detector.workers;

import io.unmask.detector.pipeline.JudgeMemory;
import io.unmask.detector.verdict.Verdict;
import java.time.Instant;

/**
 * What a worker leaves behind of an open stream for the one that goes on with it.
 *
 * @param number of the last event that was judged
 * @param dropped frames of clips that were set aside
 * @param modelDigest of the model that judged, with all that its verdicts depend on
 */
record StreamMemory(
        Verdict.Stream stream,
        String label,
        Instant opened,
        boolean live,
        long number,
        long dropped,
        ClipMessage.Cut cut,
        String modelDigest,
        JudgeMemory judge) {}
