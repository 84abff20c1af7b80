package io.unmask.detector.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of every command that reads labelled faces. */
final class FaceOptions {
    @Option(names = "--data", paramLabel = "DIR|CSV", description = "Videos and pictures in which faces are searched.")
    private List<Path> videos = List.of();

    @Option(names = "--faces", paramLabel = "DIR|CSV", description = "Pictures that are face crops already.")
    private List<Path> faces = List.of();

    List<Path> videos() {
        return videos;
    }

    List<Path> faces() {
        return faces;
    }

    /**
     * Ends the command when neither is given.
     *
     * @param purpose what the command does with faces, as in "learn from"
     */
    void require(CommandLine command, String purpose) {
        if (videos.isEmpty() && faces.isEmpty()) {
            throw new ParameterException(command, "nothing to " + purpose + ": give --data or --faces");
        }
    }
}
