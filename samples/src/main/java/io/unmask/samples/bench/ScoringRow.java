package io.unmask.samples.bench;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** What DJL costs. */
record ScoringRow() implements Row {
    @Override
    public String name() {
        return "scoring";
    }

    @Override
    public String what() {
        return "encoding " + ScoringBenchmark.FRAMES + " crops through DJL, against the same graph in a bare session";
    }

    @Override
    public Target mark() {
        return Target.ratio(0.95);
    }

    @Override
    public Optional<Target> aim() {
        return Optional.empty();
    }

    @Override
    public Footage footage() {
        return Footage.NONE;
    }

    @Override
    public Measured measure(Bench bench) throws IOException, InterruptedException, BenchException {
        Jmh jmh = new Jmh(bench);
        return Pairs.alternate(
                bench.pairs(),
                Measured.FRAMES_PER_SECOND,
                () -> ScoringBenchmark.FRAMES * jmh.callsPerSecond("throughDjl"),
                Pairs.Peer.of(() -> ScoringBenchmark.FRAMES * jmh.callsPerSecond("throughSession")),
                Map.of());
    }
}
