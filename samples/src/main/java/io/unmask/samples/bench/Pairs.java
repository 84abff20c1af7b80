package io.unmask.samples.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Measures two sides in turn, so that what disturbs the machine disturbs both; every other pair begins with the peer. */
final class Pairs {

    /** Measures once; more is better. */
    interface Side {
        double run() throws IOException, InterruptedException, BenchException;
    }

    /**
     * The other side.
     *
     * @param missing why it cannot be measured, if it cannot
     */
    record Peer(Side side, Optional<String> missing) {
        static Peer of(Side side) {
            return new Peer(side, Optional.empty());
        }
    }

    private Pairs() {}

    static Measured alternate(int pairs, String unit, Side ours, Peer peer, Map<String, Object> more)
            throws IOException, InterruptedException, BenchException {
        List<Double> oursValues = new ArrayList<>();
        List<Double> peerValues = new ArrayList<>();
        boolean alone = peer.missing().isPresent();
        for (int pair = 0; pair < pairs; pair++) {
            boolean peerFirst = pair % 2 == 1;
            if (peerFirst && !alone) {
                peerValues.add(run(peer.side()));
            }
            oursValues.add(run(ours));
            if (!peerFirst && !alone) {
                peerValues.add(run(peer.side()));
            }
        }
        return new Measured(unit, oursValues, peerValues, peer.missing(), more);
    }

    /** Not every side heeds an interrupt itself. */
    private static double run(Side side) throws IOException, InterruptedException, BenchException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return side.run();
    }
}
