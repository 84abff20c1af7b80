package io.unmask.samples;

import io.unmask.detector.cli.SubcommandProvider;
import io.unmask.samples.bench.BenchCommand;
import io.unmask.samples.bench.FederationBenchCommand;
import io.unmask.samples.damage.DamageCommand;
import io.unmask.samples.make.MakeSamplesCommand;
import io.unmask.samples.mouths.CutMouthsCommand;
import java.util.List;
import java.util.function.Consumer;

/** Adds what makes samples, damages videos, cuts mouths and measures speed to {@code unmask}. */
public final class SampleCommands implements SubcommandProvider {

    @Override
    public List<Object> subcommands(Consumer<Runnable> onStop) {
        return List.of(
                new MakeSamplesCommand(),
                new DamageCommand(),
                new CutMouthsCommand(),
                new BenchCommand(onStop),
                new FederationBenchCommand());
    }
}
