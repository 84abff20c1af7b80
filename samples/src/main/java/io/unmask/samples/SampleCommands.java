package io.unmask.samples;

import io.unmask.detector.cli.SubcommandProvider;
import io.unmask.samples.bench.BenchCommand;
import io.unmask.samples.bench.FederationBenchCommand;
import io.unmask.samples.damage.DamageCommand;
import io.unmask.samples.make.MakeSamplesCommand;
import java.util.List;
import java.util.function.Consumer;

/** Adds {@code make-samples}, {@code damage}, {@code bench} and {@code bench-federation} to {@code unmask}. */
public final class SampleCommands implements SubcommandProvider {

    @Override
    public List<Object> subcommands(Consumer<Runnable> onStop) {
        return List.of(
                new MakeSamplesCommand(), new DamageCommand(), new BenchCommand(onStop), new FederationBenchCommand());
    }
}
