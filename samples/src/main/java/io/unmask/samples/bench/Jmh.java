package io.unmask.samples.bench;

import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs a method of {@link ScoringBenchmark} in this process: a fork for each of ten turns would load TensorFlow ten times. */
record Jmh(Bench bench) {

    /** Calls a second. */
    double callsPerSecond(String method) throws BenchException {
        // Two benches at once are the user's affair; the row says that it is noisy.
        System.setProperty("jmh.ignoreLock", "true");
        var options = new OptionsBuilder()
                .include(ScoringBenchmark.class.getName() + "\\." + method + "$")
                .param("threads", "" + bench.threads())
                .param("models", bench.work().resolve("models").toString())
                .forks(0)
                .warmupIterations(1)
                .warmupTime(TimeValue.seconds(1))
                .measurementIterations(1)
                .measurementTime(TimeValue.seconds(3))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        try {
            return new Runner(options).runSingle().getPrimaryResult().getScore();
        } catch (RunnerException e) {
            throw new BenchException("JMH could not run " + method + ": " + e.getMessage(), e);
        }
    }
}
