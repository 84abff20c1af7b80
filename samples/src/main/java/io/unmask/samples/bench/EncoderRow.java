package io.unmask.samples.bench;

import io.unmask.model.score.ModelDirectory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How much of the machine's arithmetic the encoder uses. */
record EncoderRow() implements Row {
    private static final double PRODUCT_FLOPS =
            2.0 * ScoringBenchmark.SIDE * ScoringBenchmark.SIDE * ScoringBenchmark.SIDE;

    @Override
    public String name() {
        return "encoder";
    }

    @Override
    public String what() {
        return "encoder forward, " + ScoringBenchmark.FRAMES + " frames, against a 1024x1024x1024 float32 matMul";
    }

    @Override
    public Target mark() {
        return Target.ratio(0.6);
    }

    @Override
    public Optional<Target> aim() {
        return Optional.of(Target.ratio(0.8));
    }

    @Override
    public Footage footage() {
        return Footage.NONE;
    }

    @Override
    public Measured measure(Bench bench) throws IOException, InterruptedException, BenchException {
        Jmh jmh = new Jmh(bench);
        ModelDirectory model = ModelDirectory.packagedDefault(bench.work().resolve("models"));
        double flops = ScoringBenchmark.FRAMES
                * Arithmetic.flopsPerFrame(model.path(), ScoringBenchmark.config(bench.threads()));
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("megaflop_a_frame", flops / ScoringBenchmark.FRAMES / 1e6);
        return Pairs.alternate(
                bench.pairs(),
                "GFLOP/s",
                () -> flops * jmh.callsPerSecond("encoder") / 1e9,
                Pairs.Peer.of(() -> PRODUCT_FLOPS * jmh.callsPerSecond("product") / 1e9),
                more);
    }
}
