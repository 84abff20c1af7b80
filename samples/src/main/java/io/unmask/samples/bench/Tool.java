package io.unmask.samples.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A program of the system that a row needs.
 *
 * @param command found, or empty
 * @param missing what to tell the user then
 */
record Tool(Optional<String> command, String missing) {
    private static final long PATIENCE_SECONDS = 60;

    static Tool ffmpeg() throws IOException, InterruptedException {
        return find(List.of("ffmpeg"), List.of("-version"), "no ffmpeg program: install the package ffmpeg");
    }

    /** A Python that can run the peers. */
    static Tool python() throws IOException, InterruptedException {
        return find(
                List.of("python3", "/usr/bin/python3"),
                List.of("-c", "import torch, cv2"),
                "no Python with PyTorch and OpenCV: install python3-torch, python3-opencv and opencv-data");
    }

    private static Tool find(List<String> candidates, List<String> trial, String missing)
            throws IOException, InterruptedException {
        for (String candidate : candidates) {
            if (works(candidate, trial)) {
                return new Tool(Optional.of(candidate), missing);
            }
        }
        return new Tool(Optional.empty(), missing);
    }

    private static boolean works(String program, List<String> trial) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(program));
        command.addAll(trial);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    String need() throws BenchException {
        return command.orElseThrow(() -> new BenchException(missing));
    }

    /** Why the peer cannot be measured. */
    Optional<String> lack() {
        return command.isPresent() ? Optional.empty() : Optional.of(missing);
    }
}
