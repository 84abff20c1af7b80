package io.unmask.samples.bench;

import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How the cost grows with the work: the rate at the most work against the rate at the least. 1 is linear; the start is not
 * counted.
 *
 * @param mostPairs the longest files are read once
 */
record GrowthRow(String name, String what, String unit, List<Integer> sizes, Work work, Footage footage, int mostPairs)
        implements Row {
    /** Linear, but for what a small run's caches and a machine's moods give. */
    private static final double LINEAR = 0.8;

    private static final int SECONDS = 16;

    static final GrowthRow SOURCES = new GrowthRow(
            "growth-sources",
            "frames/s with 16 files in one run, against 1 file",
            Measured.FRAMES_PER_SECOND,
            List.of(1, 2, 4, 8, 16),
            (bench, size) -> {
                Video video = bench.videos().get(Scenery.ONE, 854, 480, SECONDS);
                return new Load(
                        Folders.copies(bench.work(), video.file(), size),
                        (double) video.frames() * size,
                        video.frames() * size);
            },
            Footage.ANY,
            Integer.MAX_VALUE);

    static final GrowthRow FACES = new GrowthRow(
            "growth-faces",
            "faces times frames a second with 16 faces in the picture, against 1 face",
            "faces·frames/s",
            List.of(1, 4, 9, 16),
            (bench, size) -> {
                Video video = bench.videos().own(Scenery.grid((int) Math.round(Math.sqrt(size))), 1280, 720, SECONDS);
                return new Load(List.of(video.file()), (double) video.frames() * size, video.frames());
            },
            Footage.GROWING,
            Integer.MAX_VALUE);

    static final GrowthRow LENGTH = new GrowthRow(
            "growth-length",
            "frames/s of a file of 60 min, against one of 10 s",
            Measured.FRAMES_PER_SECOND,
            List.of(10, 60, 600, 3600),
            (bench, size) -> {
                Video video = bench.videos().own(Scenery.ONE, 854, 480, size);
                return new Load(List.of(video.file()), video.frames(), video.frames());
            },
            Footage.GROWING,
            1);

    /** Makes what is run. */
    interface Work {
        Load of(Bench bench, int size) throws IOException, InterruptedException, BenchException;
    }

    /**
     * What a run gets to do.
     *
     * @param units of work in it, of which the row tells the rate
     */
    record Load(List<Path> files, double units, long frames) {}

    @Override
    public Target mark() {
        return Target.ratio(LINEAR);
    }

    @Override
    public Optional<Target> aim() {
        return Optional.empty();
    }

    @Override
    public Measured measure(Bench bench) throws IOException, InterruptedException, BenchException {
        Sizes seen = new Sizes(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        Map<String, Object> more = new LinkedHashMap<>();
        more.put("rate_by_size", seen.rates());
        more.put("frames_per_second_by_size", seen.framesPerSecond());
        more.put("peak_megabytes_by_size", seen.megabytes());
        try (BrokerLease broker = Brokers.obtain(bench.settings(Map.of()))) {
            Detect detect = new Detect(bench, List.of(), Detect.delivering(broker));
            for (int size : sizes.subList(1, sizes.size() - 1)) {
                rate(bench, detect, size, seen);
            }
            int least = sizes.get(0);
            int most = sizes.get(sizes.size() - 1);
            return Pairs.alternate(
                    Math.min(mostPairs, bench.pairs()),
                    unit,
                    () -> rate(bench, detect, most, seen),
                    Pairs.Peer.of(() -> rate(bench, detect, least, seen)),
                    more);
        }
    }

    /** Figures of the latest run of each size. */
    private record Sizes(
            Map<Integer, Double> rates, Map<Integer, Double> framesPerSecond, Map<Integer, Long> megabytes) {}

    private double rate(Bench bench, Detect detect, int size, Sizes seen)
            throws IOException, InterruptedException, BenchException {
        Load load = work.of(bench, size);
        Detect.Run run = detect.run(load.files());
        double rate = load.units() / run.seconds();
        seen.rates().put(size, rate);
        seen.framesPerSecond().put(size, load.frames() / run.seconds());
        seen.megabytes().put(size, Math.round(run.process().peakBytes() / 1e6));
        return rate;
    }
}
