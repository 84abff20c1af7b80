package io.unmask.detector.workers;

import io.unmask.detector.verdict.JudgeMemory;
import io.unmask.detector.verdict.Verdict;
import java.time.Instant;

/**
 * The state of an open stream. A worker commits it, so that another worker can continue the stream.
 *
 * @param number the number of the last event that was judged
 * @param dropped how many frames were in clips that were set aside
 * @param modelDigest digest of the model that judged and of all else that its verdicts depend on
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
