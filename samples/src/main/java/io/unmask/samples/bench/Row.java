package io.unmask.samples.bench;

import java.io.IOException;
import java.util.Optional;

/** A line of the table. */
interface Row {

    /** Videos. */
    enum Footage {
        /** The user's, or one that we make. */
        ANY,
        /** Ones that we make larger and larger. */
        GROWING,
        /** None at all, or none that a user would have. */
        NONE
    }

    /** As users write it. */
    String name();

    /** Ours against what, in one line. */
    String what();

    /** What must be reached. */
    Target mark();

    Optional<Target> aim();

    /** What it measures on. */
    default Footage footage() {
        return Footage.ANY;
    }

    /** @throws BenchException when our side cannot be measured; a missing peer is told in the result instead */
    Measured measure(Bench bench) throws IOException, InterruptedException, BenchException;
}
