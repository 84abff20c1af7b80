package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The program, or a script that starts it, in a process of its own: for what a process does to or with its machine. */
final class UnmaskProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 900;

    /** How it ended. */
    record Ended(int exitCode, String out, String err) {}

    private final Process process;
    private final Path out;
    private final Path err;

    private UnmaskProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** The words that start the program, before its arguments. */
    static List<String> words() {
        return List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx640m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                UnmaskCommand.class.getName());
    }

    /** @param folder where it runs, and where its output is kept */
    static UnmaskProcess start(Path folder, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(words());
        // One that is killed leaves nothing elsewhere, and one that crashes says why where the test shows it.
        command.addAll(1, List.of("-XX:-UsePerfData", "-Djava.io.tmpdir=" + folder, "-XX:+ErrorFileToStderr"));
        command.addAll(List.of(arguments));
        return start(folder, command, Map.of());
    }

    static UnmaskProcess start(Path folder, List<String> command, Map<String, String> environment) throws IOException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("UNMASK_"));
        builder.environment().putAll(environment);
        return new UnmaskProcess(builder.start(), out, err);
    }

    Process process() {
        return process;
    }

    /** @throws AssertionError when it has ended, with how it did */
    void requireRunning() throws IOException, InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError("it has ended: " + end());
        }
    }

    String outSoFar() throws IOException {
        return Files.readString(out);
    }

    Ended end() throws IOException, InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("it ends")
                .isTrue();
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
