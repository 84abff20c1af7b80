package io.unmask.samples.bench;

import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the whole run leaves to the collector for a video frame: what two more files of the same kind cost over one, so that
 * the start is not counted. The young generation is small, so that its collections, which are what is read, are many.
 */
record GarbageRow() implements Row {
    private static final int SECONDS = 48;
    private static final int FILES = 3;
    /** Little varies: bytes are counted, not seconds. */
    private static final int MOST_RUNS = 3;

    /** As {@code GC(7) DefNew: 1856K(1856K)->192K(1856K) Eden: …}, then the same of the old one. */
    private static final Pattern COLLECTION = Pattern.compile("(?:DefNew|Tenured): (\\d+)K\\(\\d+K\\)->(\\d+)K");

    @Override
    public String name() {
        return "garbage";
    }

    @Override
    public String what() {
        return "bytes allocated on the heap for a video frame in steady state, by the log of the collector";
    }

    @Override
    public Target mark() {
        return Target.oursAtMost(64_000);
    }

    @Override
    public Optional<Target> aim() {
        return Optional.of(Target.oursAtMost(8_000));
    }

    @Override
    public Measured measure(Bench bench) throws IOException, InterruptedException, BenchException {
        Video video = bench.videos().get(Scenery.ONE, 1280, 720, SECONDS);
        List<Path> files = Folders.copies(bench.work(), video.file(), FILES);
        List<Double> ours = new ArrayList<>();
        Map<String, Object> more = new LinkedHashMap<>(Map.of("file", video.text()));
        try (BrokerLease broker = Brokers.obtain(bench.settings(Map.of()))) {
            for (int run = 0; run < Math.min(MOST_RUNS, bench.pairs()); run++) {
                double one = allocated(bench, broker, files.subList(0, 1));
                double all = allocated(bench, broker, files);
                ours.add((all - one) / (video.frames() * (FILES - 1)));
                more.put("start_and_first_file_megabytes", one / 1e6);
            }
        }
        return new Measured("bytes/frame", ours, List.of(), Optional.empty(), more);
    }

    private static double allocated(Bench bench, BrokerLease broker, List<Path> files)
            throws IOException, InterruptedException, BenchException {
        Path log = bench.work().resolve("gc.log");
        List<String> options = List.of("-XX:+UseSerialGC", "-Xmn2m", "-Xlog:gc+heap=info:file=" + log + ":none");
        new Detect(bench, options, Detect.delivering(broker)).run(files);
        return allocated(Files.readString(log));
    }

    /** Bytes that the heap grew by between collections, until the last one. */
    static double allocated(String log) throws BenchException {
        List<long[]> generations = new ArrayList<>();
        for (Matcher match = COLLECTION.matcher(log); match.find(); ) {
            generations.add(new long[] {Long.parseLong(match.group(1)), Long.parseLong(match.group(2))});
        }
        if (generations.isEmpty() || generations.size() % 2 != 0) {
            throw new BenchException("the collector's log has " + generations.size()
                    + " lines of generations: leave the choice of the collector out of UNMASK_JAVA_OPTS");
        }
        long kilobytes = 0;
        long after = 0;
        for (int i = 0; i < generations.size(); i += 2) {
            kilobytes += generations.get(i)[0] + generations.get(i + 1)[0] - after;
            after = generations.get(i)[1] + generations.get(i + 1)[1];
        }
        return 1024.0 * kilobytes;
    }
}
