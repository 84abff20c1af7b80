package io.unmask.samples.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From files to verdicts in the outbox, against as many peers. A broker stands by, as in service, so that none is started
 * within the time. Neither side's start is counted; the model's loading is counted on ours, since it goes beside decoding.
 *
 * @param count copies of the file, read at once
 */
record EndToEndRow(String name, int count, int seconds) implements Row {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String what() {
        return (count == 1 ? "one file" : count + " files at once") + " to verdicts in the outbox, against "
                + (count == 1 ? "peer.py (OpenCV + PyTorch)" : count + " peer.py at once");
    }

    @Override
    public Target mark() {
        return Target.ratio(4);
    }

    @Override
    public Optional<Target> aim() {
        return Optional.of(Target.ratio(8));
    }

    @Override
    public Measured measure(Bench bench) throws IOException, InterruptedException, BenchException {
        Video video = bench.videos().get(Scenery.ONE, 1280, 720, seconds);
        Map<String, Object> more = new LinkedHashMap<>(Map.of("file", video.text(), "files", count));
        try (BrokerLease broker = Brokers.obtain(bench.settings(Map.of()))) {
            Detect detect = new Detect(bench, List.of(), Detect.delivering(broker));
            List<Path> files = Folders.copies(bench.work(), video.file(), count);
            return Pairs.alternate(
                    bench.pairs(),
                    Measured.FRAMES_PER_SECOND,
                    () -> ours(detect, files, video.frames() * count, more),
                    new Pairs.Peer(() -> peers(bench, video.file(), more), lack(bench)),
                    more);
        }
    }

    private static double ours(Detect detect, List<Path> files, long frames, Map<String, Object> more)
            throws IOException, InterruptedException, BenchException {
        Detect.Run run = detect.run(files);
        more.put("whole_command_seconds", run.process().seconds());
        more.put("peak_megabytes", Math.round(run.process().peakBytes() / 1e6));
        more.put("stage_milliseconds", run.stageMillis());
        return frames / run.seconds();
    }

    /** Sum of the rates that each says of itself: where they did not overlap, that is kind to them. */
    private double peers(Bench bench, Path file, Map<String, Object> more)
            throws IOException, InterruptedException, BenchException {
        List<String> command = List.of(
                bench.python().need(),
                bench.peer().toString(),
                file.toString(),
                "--threads",
                "" + Math.max(1, Math.floorDiv(bench.threads(), count)));
        double sum = 0;
        for (Child.Ended ended : new Child(command, bench.work()).run(count)) {
            var said = JSON.readTree(ended.out());
            sum += said.get("frames_per_second").asDouble();
            more.put("peer_spent_seconds", said.get("spent"));
        }
        return sum;
    }

    private static Optional<String> lack(Bench bench) {
        return Files.isRegularFile(bench.peer())
                ? bench.python().lack()
                : Optional.of("no " + bench.peer() + ": give the peer's script by --peer");
    }
}
