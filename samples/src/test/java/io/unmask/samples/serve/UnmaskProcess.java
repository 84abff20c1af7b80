package io.unmask.samples.serve;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code unmask} with some command as a process of its own, with the options that the launcher gives a service's JVM. */
final class UnmaskProcess implements AutoCloseable {
    private static final long TICKS_A_SECOND = 100;
    private static final int START_SECONDS = 180;

    private final Process process;
    private final Path log;

    private UnmaskProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** @param group a control group of the kernel that it runs in */
    static UnmaskProcess start(Path log, Optional<Path> group, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        group.ifPresent(folder -> command.addAll(
                List.of("bash", "-c", "echo $$ > " + folder.resolve("cgroup.procs") + " && exec \"$@\"", "unmask")));
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-XX:+UseSerialGC", "-Xms64m", "-Xmx640m", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-XX:Tier3InvocationThreshold=1000", "-XX:Tier3CompileThreshold=4000"));
        command.addAll(List.of("-XX:-UsePerfData", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"));
        command.addAll(List.of("-Djava.awt.headless=true", "-Dorg.bytedeco.javacpp.platform.extension="));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.unmask.detector.cli.UnmaskCommand"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("UNMASK_"));
        environment.putAll(Map.of(
                "MALLOC_ARENA_MAX", "4",
                "MALLOC_MMAP_THRESHOLD_", "33554432",
                "MALLOC_TRIM_THRESHOLD_", "134217728",
                "TF_CPP_MIN_LOG_LEVEL", "2",
                "OPENBLAS_NUM_THREADS", "1"));
        return new UnmaskProcess(builder.start(), log);
    }

    Process process() {
        return process;
    }

    /** Waits until it has said something like this, and returns what matched last. */
    Matcher awaitLine(String pattern) {
        return await().atMost(START_SECONDS, SECONDS)
                .until(
                        () -> {
                            if (!process.isAlive()) {
                                throw new IllegalStateException("it ended:\n" + Files.readString(log));
                            }
                            return lastMatch(Pattern.compile(pattern), Files.readString(log));
                        },
                        Optional::isPresent)
                .orElseThrow();
    }

    private static Optional<Matcher> lastMatch(Pattern pattern, String text) {
        return pattern.matcher(text).results().reduce((first, second) -> second).map(result -> {
            Matcher matcher = pattern.matcher(text);
            matcher.find(result.start());
            return matcher;
        });
    }

    /** Asks it to end in order, and waits. */
    int end() throws InterruptedException {
        process.destroy();
        return process.waitFor();
    }

    /** Ends it as a crash would. */
    void kill() throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }

    /** Its decoders' processes. */
    List<ProcessHandle> decoders() {
        return process.children()
                .filter(child -> read(child.pid(), "cmdline").contains("DecoderProcess"))
                .toList();
    }

    /** Java's own view leaves long command lines out. Empty when the process is gone. */
    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/" + file));
        } catch (IOException e) {
            return "";
        }
    }

    /** Memory of a process, what it shares with others in shares, in megabytes. */
    static long megabytes(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                    .sum();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Its own memory, then that of its decoders. */
    String memory() {
        return megabytes(process.pid()) + " MB + " + decoders().size() + " decoders "
                + decoders().stream().mapToLong(one -> megabytes(one.pid())).sum() + " MB";
    }

    int threads() {
        return count("task");
    }

    int files() {
        return count("fd");
    }

    private int count(String what) {
        File[] entries = new File("/proc/" + process.pid() + "/" + what).listFiles();
        return entries == null ? 0 : entries.length;
    }

    /** Seconds of processor time of it and of its decoders that still run. */
    double processorSeconds() {
        return Stream.concat(Stream.of(process.toHandle()), process.children())
                        .mapToLong(one -> ticks(one.pid()))
                        .sum()
                / (double) TICKS_A_SECOND;
    }

    private static long ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        } catch (IOException e) {
            return 0;
        }
    }

    String said() throws IOException {
        return Files.readString(log);
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
