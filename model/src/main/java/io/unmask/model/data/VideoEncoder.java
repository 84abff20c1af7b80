package io.unmask.model.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Encodes videos anew as platforms do, with x264. The FFmpeg within unmask is built without it, since x264 is under the
 * GPL; the program {@code ffmpeg} of most systems has it. Thread-safe.
 *
 * @param program a path, or a name that is looked up in the PATH
 * @param version as the program tells it
 */
public record VideoEncoder(String program, String version) {
    private static final long PATIENCE_MINUTES = 60;
    private static final String EVEN_SIDES = "scale=trunc(iw/2)*2:trunc(ih/2)*2";

    /** What a video may go through. */
    public enum Rung {
        H264_CRF23("23", EVEN_SIDES),
        H264_CRF32("32", EVEN_SIDES),
        H264_CRF40("40", EVEN_SIDES),
        H264_HALF_SIZE("23", "scale=trunc(iw/4)*2:trunc(ih/4)*2");

        private final String crf;
        private final String filter;

        Rung(String crf, String filter) {
            this.crf = crf;
            this.filter = filter;
        }

        /** As reports name it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Looks for the program and its encoder.
     *
     * @throws IOException saying what is missing
     */
    public static VideoEncoder find(String program) throws IOException {
        String encoders;
        try {
            encoders = ask(program, "-hide_banner", "-encoders");
        } catch (IOException e) {
            throw new IOException(
                    program + ": cannot be run, and re-encoding needs it; install ffmpeg, or leave out --ladder", e);
        }
        if (!encoders.contains(" libx264 ")) {
            throw new IOException(program
                    + ": built without libx264, which re-encoding needs; install another, or leave out --ladder");
        }
        String first = ask(program, "-version").lines().findFirst().orElse(program);
        return new VideoEncoder(program, first.replaceFirst(" Copyright.*", ""));
    }

    /**
     * The pictures of a video, encoded anew; damaged ones are left out.
     *
     * @throws FailedException when the program refuses the video
     * @throws IOException when the program cannot be run
     */
    public Path encode(Path video, Rung rung, Path folder) throws IOException {
        Path out = folder.resolve("video.mp4");
        Path log = folder.resolve("log.txt");
        var line = new ArrayList<>(List.of(program, "-nostdin", "-v", "error", "-i", video.toString()));
        line.addAll(arguments(rung));
        line.add(out.toString());
        Process process = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
                throw new FailedException(program + " was still encoding after " + PATIENCE_MINUTES + " minutes");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(program + ": interrupted at " + video, e);
        } finally {
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            String said = Files.readString(log).strip();
            throw new FailedException(program + " failed: " + said.substring(said.lastIndexOf('\n') + 1));
        }
        return out;
    }

    /** All that the result depends on, beside the video. */
    public String settings(Rung rung) {
        return version + " " + String.join(" ", arguments(rung));
    }

    private static List<String> arguments(Rung rung) {
        return List.of(
                "-map",
                "0:v:0",
                "-vf",
                rung.filter,
                "-pix_fmt",
                "yuv420p",
                "-c:v",
                "libx264",
                "-preset",
                "medium",
                "-crf",
                rung.crf);
    }

    private static String ask(String program, String... arguments) throws IOException {
        var line = new ArrayList<>(List.of(program));
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** The program ran but made no video. */
    public static final class FailedException extends IOException {
        private static final long serialVersionUID = 1L;

        FailedException(String message) {
            super(message);
        }
    }
}
