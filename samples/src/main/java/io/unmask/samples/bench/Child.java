package io.unmask.samples.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Another process, run to its end. */
final class Child {
    private static final long LOOK_MS = 50;

    /**
     * How it ended.
     *
     * @param seconds from its start
     * @param peakBytes most memory that it held; 0 where the system does not tell
     */
    record Ended(String out, String err, double seconds, long peakBytes) {}

    private final List<String> command;
    private final Path folder;

    /** @param folder for its output */
    Child(List<String> command, Path folder) {
        this.command = List.copyOf(command);
        this.folder = folder;
    }

    /** The JVM with our options, our class path and another main class. */
    static List<String> java(List<String> options, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // A recording or a debugger is for this process alone.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-XX:StartFlightRecording") && !option.startsWith("-agent"))
                .forEach(command::add);
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        return command;
    }

    /** @throws BenchException when it cannot be started or ends with another code than 0 */
    Ended run() throws IOException, InterruptedException, BenchException {
        return run(1).get(0);
    }

    /** Runs so many of them at once. */
    List<Ended> run(int count) throws IOException, InterruptedException, BenchException {
        List<Running> running = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                running.add(start());
            }
            while (running.stream().anyMatch(Running::look)) {
                TimeUnit.MILLISECONDS.sleep(LOOK_MS);
            }
            List<Ended> ended = new ArrayList<>();
            for (Running one : running) {
                ended.add(one.ended(command));
            }
            return ended;
        } finally {
            running.forEach(one -> end(one.process));
        }
    }

    /** Ends a process, if it still runs, and waits until it writes no more. */
    static void end(Process process) {
        process.destroyForcibly().onExit().join();
    }

    private Running start() throws IOException, BenchException {
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        clean(builder.environment());
        try {
            return new Running(builder.start(), out, err);
        } catch (IOException e) {
            throw new BenchException(command.get(0) + " cannot be started: " + e.getMessage(), e);
        }
    }

    /** The user's settings are not what is measured. */
    static void clean(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("UNMASK_"));
    }

    private static final class Running {
        private final Process process;
        private final Path out;
        private final Path err;
        private final long start = System.nanoTime();
        private final CompletableFuture<Long> end;
        private long peakBytes;

        Running(Process process, Path out, Path err) {
            this.process = process;
            this.out = out;
            this.err = err;
            end = process.onExit().thenApply(gone -> System.nanoTime());
        }

        /** Whether it still runs. */
        boolean look() {
            peakBytes = Math.max(peakBytes, Memory.peakBytes(process.pid()));
            return process.isAlive();
        }

        Ended ended(List<String> command) throws IOException, InterruptedException, BenchException {
            int code = process.waitFor();
            String said = Files.readString(err);
            if (code != 0) {
                throw new BenchException(
                        String.join(" ", command) + "\nended with exit code " + code + ":\n" + said.strip());
            }
            return new Ended(Files.readString(out), said, (end.join() - start) / 1e9, peakBytes);
        }
    }
}
