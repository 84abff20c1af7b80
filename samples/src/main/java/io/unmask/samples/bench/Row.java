package io.unmask.samples.bench;

import java.io.IOException;
import java.util.Optional;

/** A line of the table. */
interface Row {

    /** As users write it. */
    String name();

    /** Ours against what, in one line. */
    String what();

    /** What must be reached. */
    Target mark();

    Optional<Target> aim();

    /** @throws BenchException when our side cannot be measured; a missing peer is told in the result instead */
    Measured measure(Bench bench) throws IOException, InterruptedException, BenchException;
}
