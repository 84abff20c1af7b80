package io.unmask.samples.bench;

import io.unmask.config.SettingsSources;
import io.unmask.config.TrainSettings;
import io.unmask.model.train.Progress;
import io.unmask.model.train.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A training on the sample clips, as {@code unmask train} runs it, with a small encoder and batches of whole clips. The times
 * of its steps are those that it reports to its {@link Progress}.
 *
 * @param torch whether the peer is PyTorch with one batch in memory, or the same training without the time that its
 *     steps waited for batches
 */
record TrainingRow(String name, boolean torch) implements Row {
    private static final int CLIPS = 16;

    private static final int FRAMES = 16;

    /** The loader has made this many batches before the first step, so that only later steps show whether it keeps up. */
    private static final int WARM_UP = 6;

    private static final int STEPS = 3;

    @Override
    public String what() {
        return "training steps with the real loader, against "
                + (torch
                        ? "PyTorch with the same network and batch"
                        : "the same steps without their waits for batches");
    }

    @Override
    public Target mark() {
        return Target.ratio(torch ? 1.0 : 0.9);
    }

    @Override
    public Optional<Target> aim() {
        return torch ? Optional.of(Target.ratio(1.3)) : Optional.empty();
    }

    @Override
    public Footage footage() {
        return Footage.NONE;
    }

    @Override
    public Measured measure(Bench bench) throws IOException, InterruptedException, BenchException {
        TrainSettings settings = settings(bench);
        double frames = (double) CLIPS * FRAMES * STEPS;
        ExecutorService loaders = Executors.newFixedThreadPool(settings.loaderThreads());
        try (TorchSteps peer = new TorchSteps(bench, settings)) {
            Pairs.Peer other = torch
                    ? new Pairs.Peer(
                            () -> frames / peer.seconds(STEPS), bench.python().lack())
                    : Pairs.Peer.of(() -> frames / run(bench, settings, loaders).tookSeconds);
            Map<String, Object> more = new LinkedHashMap<>();
            more.put("batch", CLIPS + " clips of " + FRAMES + " frames, " + settings.inputSize() + " px");
            return Pairs.alternate(
                    bench.pairs(),
                    Measured.FRAMES_PER_SECOND,
                    () -> {
                        Times times = run(bench, settings, loaders);
                        return frames / (times.waitedSeconds + times.tookSeconds);
                    },
                    other,
                    more);
        } finally {
            loaders.shutdownNow();
        }
    }

    private static TrainSettings settings(Bench bench) {
        // The peer is written for this encoder, a recurrent head, and the losses of clips and of their frames.
        Map<String, String> overrides = Map.ofEntries(
                Map.entry("encoder-widths", "32, 48, 96, 128, 192"),
                Map.entry("recurrent-units", "64"),
                Map.entry("frame-loss-share", "0.5"),
                Map.entry("pair-loss-share", "0"),
                Map.entry("mask-loss-share", "0"),
                Map.entry("input-size", "128"),
                Map.entry("batch-clips", "" + CLIPS),
                Map.entry("frames", "" + FRAMES),
                Map.entry("learn-frames", "" + FRAMES),
                Map.entry("steps", "" + (WARM_UP + STEPS)),
                Map.entry("warmup-steps", "" + WARM_UP),
                Map.entry("threads", "" + bench.threads()));
        Map<String, String> home = Map.of("user.home", bench.work().toString());
        return TrainSettings.loader()
                .load(new SettingsSources(Optional.empty(), Map.of(), home, overrides))
                .settings();
    }

    private static Times run(Bench bench, TrainSettings settings, ExecutorService loaders)
            throws IOException, InterruptedException, BenchException {
        Times times = new Times();
        Path out = Files.createTempDirectory(bench.work(), "model");
        var request = new Training.Request(
                List.of(data(bench)),
                List.of(),
                out,
                List.of(),
                Set.of(),
                List.of(),
                false,
                new Training.ModelName("bench", "1"));
        var context = new Training.Context(
                bench.settings(Map.of()),
                bench.work().resolve("faces"),
                loaders,
                Clock.systemUTC(),
                times,
                () -> false);
        var unused = new Training(request, settings, context).run().orElseThrow();
        return times;
    }

    private static Path data(Bench bench) throws IOException, BenchException {
        Path clips = bench.home().resolve("samples/clips").toAbsolutePath();
        if (!Files.isDirectory(clips)) {
            throw new BenchException(clips + ": no such folder, and training learns from it: run ./unmask in a clone");
        }
        return Files.write(
                Files.createDirectories(bench.work().resolve("training")).resolve("manifest.csv"),
                List.of(
                        "path,label,group,split",
                        clips + "/authentic-1.mp4,real,1,train",
                        clips + "/forged-1.mp4,fake,1,train",
                        clips + "/authentic-2.mp4,real,2,validation",
                        clips + "/forged-2.mp4,fake,2,validation"));
    }

    /** Adds up what the steps after the warm-up took. */
    private static final class Times implements Progress {
        private double waitedSeconds;
        private double tookSeconds;

        @Override
        public void stepped(Step step) {
            if (step.step() > WARM_UP) {
                waitedSeconds += step.waitedMs() / 1e3;
                tookSeconds += step.tookMs() / 1e3;
            }
        }

        @Override
        public void limited(String by) {}

        @Override
        public void judged(Judged judged) {}

        @Override
        public void skipped(String file) {}
    }
}
