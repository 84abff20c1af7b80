package io.unmask.detector.cli;

import picocli.CommandLine.Option;

/** The option {@code --verbose} of commands without {@link SettingsOptions}. */
final class VerboseOption {
    @Option(
            names = {"-v", "--verbose"},
            description = "Show stack traces of failures.")
    @SuppressWarnings("unused") // Failures asks picocli for it
    private boolean verbose;
}
