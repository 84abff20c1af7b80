package io.unmask.samples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the measuring is done on. */
final class Machine {
    /** Share of each core, on average, above which others disturb what is measured. */
    static final double NOISY = 0.5;

    private static final Path STAT = Path.of("/proc/stat");
    private static final long LOOK_MS = 1000;

    private Machine() {}

    static Map<String, Object> describe() throws IOException {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cpu", cpu());
        machine.put("cores", cores());
        machine.put("jvm", System.getProperty("java.vm.name") + " " + Runtime.version());
        machine.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        return machine;
    }

    static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static String cpu() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        if (!Files.exists(file)) {
            return System.getProperty("os.arch");
        }
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        }
    }

    /**
     * Cores that are busy while we look on for a second. The load average would count what the row before did.
     *
     * @return NaN where the system does not tell
     */
    static double busyCores() throws IOException, InterruptedException {
        if (!Files.exists(STAT)) {
            return Double.NaN;
        }
        long[] before = ticks();
        TimeUnit.MILLISECONDS.sleep(LOOK_MS);
        long[] after = ticks();
        double all = after[0] - before[0];
        return all == 0 ? 0 : cores() * (all - (after[1] - before[1])) / all;
    }

    /** All ticks of all cores, and those that were idle or waited for a disk. */
    private static long[] ticks() throws IOException {
        List<Long> columns = List.of(Files.readAllLines(STAT).get(0).split(" +")).stream()
                .skip(1)
                .map(Long::valueOf)
                .toList();
        // user nice system idle iowait irq softirq steal; guests are in user already
        return new long[] {columns.stream().limit(8).mapToLong(Long::longValue).sum(), columns.get(3) + columns.get(4)};
    }
}
