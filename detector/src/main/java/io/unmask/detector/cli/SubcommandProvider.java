package io.unmask.detector.cli;

import java.util.List;

/**
 * Adds subcommands to {@code unmask}: a module names its implementation in {@code
 * META-INF/services/io.unmask.detector.cli.SubcommandProvider}.
 */
public interface SubcommandProvider {

    /** Picocli command objects ({@code Callable<Integer>} with {@code @Command}), new ones at each call. */
    List<Object> subcommands();
}
