package io.unmask.model.train;

import java.util.List;

/**
 * Clips that one step learns from.
 *
 * @param clips {@code [B,T,S,S,3]}, row-major
 * @param mask {@code [B,T]}
 * @param labels {@code [B,K]}, rows sum to 1
 * @param weights {@code [B]}
 * @param shares how much of each place of a frame is forged, {@code [B,T,H,W]}, as far as it is known; see {@link
 *     io.unmask.model.graph.MaskLoss}
 * @param sources where each clip is from, to name the culprits when a loss is no number
 */
record Batch(byte[] clips, float[] mask, float[] labels, float[] weights, float[] shares, List<String> sources) {
    int size() {
        return weights.length;
    }
}
