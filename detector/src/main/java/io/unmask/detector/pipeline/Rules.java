package io.unmask.detector.pipeline;

import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictIds;
import io.unmask.detector.verdict.VerdictPolicy;
import java.time.Clock;

/**
 * What every stream is judged by.
 *
 * @param hop samples between the starts of a track's clips
 */
public record Rules(VerdictPolicy policy, VerdictIds ids, Verdict.Model model, int hop, Clock clock) {}
