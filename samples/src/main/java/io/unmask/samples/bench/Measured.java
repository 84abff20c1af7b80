package io.unmask.samples.bench;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a row measured.
 *
 * @param unit of both sides, as in frames/s
 * @param ours one value a pair
 * @param peer beside them; empty when there is no peer
 * @param noPeer why, when there should be one
 * @param more further figures, in the order to be shown
 */
record Measured(String unit, List<Double> ours, List<Double> peer, Optional<String> noPeer, Map<String, Object> more) {
    static final String FRAMES_PER_SECOND = "frames/s";

    Measured {
        ours = List.copyOf(ours);
        peer = List.copyOf(peer);
    }

    Optional<Spread> ratio() {
        return peer.isEmpty() ? Optional.empty() : Optional.of(Spread.of(Spread.ratios(ours, peer)));
    }

    /** The figure that a target is about; empty for a ratio without a peer. */
    Optional<Double> figure(Target target) {
        return target.of() == Target.Figure.OURS ? Optional.of(Spread.of(ours).median()) : ratio().map(Spread::median);
    }
}
