package io.unmask.detector.cli;

import java.util.List;
import java.util.function.Consumer;

/**
 * Adds subcommands to {@code unmask}: a module names its implementation in {@code
 * META-INF/services/io.unmask.detector.cli.SubcommandProvider}.
 */
public interface SubcommandProvider {

    /**
     * Picocli command objects ({@code Callable<Integer>} with {@code @Command}), new ones at each call.
     *
     * @param onStop a running command gives it what ends the command soon; it is called at Ctrl-C and at SIGTERM, on
     *     another thread, and the process waits for the command
     */
    List<Object> subcommands(Consumer<Runnable> onStop);
}
