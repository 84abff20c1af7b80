package io.unmask.model;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Programs of the system that some tests need beside Java and Maven. */
public final class Programs {
    private Programs() {}

    /** Skips a test where the program is not there, except in CI, where none may be missing. */
    public static void assumeThereIs(String program) {
        assumeTrue(
                System.getenv("CI") != null
                        || Stream.of(System.getenv("PATH").split(File.pathSeparator))
                                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program))),
                program + " is not there: apt-get install " + program);
    }
}
