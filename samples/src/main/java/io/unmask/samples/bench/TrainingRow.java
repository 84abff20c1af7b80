package io.unmask.samples.bench;

import io.unmask.config.SettingsSources;
import io.unmask.config.TrainSettings;
import io.unmask.model.train.Progress;
import io.unmask.model.train.Rehearsal;
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
 * Training steps with the real loader on the sample clips, with the network and the settings that train.yaml has but for
 * the batch, which has whole clips, against one batch in memory.
 *
 * @param torch whether PyTorch learns from that batch, or our own step does
 */
record TrainingRow(String name, boolean torch) implements Row {
    /** Of a batch. */
    private static final int CLIPS = 16;

    /** Of a clip: whole ones, as the service cuts them. */
    private static final int FRAMES = 16;

    private static final int STEPS = 3;

    @Override
    public String what() {
        return "training steps with the real loader, against "
                + (torch ? "PyTorch with the same network and batch" : "the same steps on a fixed batch");
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
        try (Rehearsal ours = training(bench, settings, loaders).rehearsal();
                TorchSteps peer = new TorchSteps(bench, settings)) {
            ours.withLoader(1);
            Pairs.Peer other = torch
                    ? new Pairs.Peer(
                            () -> frames / peer.seconds(STEPS), bench.python().lack())
                    : Pairs.Peer.of(() -> frames / ours.onOneBatch(STEPS));
            Map<String, Object> more = new LinkedHashMap<>();
            more.put("batch", CLIPS + " clips of " + FRAMES + " frames, " + settings.inputSize() + " px");
            return Pairs.alternate(
                    bench.pairs(), Measured.FRAMES_PER_SECOND, () -> frames / ours.withLoader(STEPS), other, more);
        } finally {
            loaders.shutdownNow();
        }
    }

    private static TrainSettings settings(Bench bench) {
        // The peer is written for this encoder and a recurrent head.
        Map<String, String> overrides = Map.of(
                "encoder-widths", "32, 48, 96, 128, 192",
                "recurrent-units", "64",
                "input-size", "128",
                "batch-clips", "" + CLIPS,
                "frames", "" + FRAMES,
                "learn-frames", "" + FRAMES,
                "threads", "" + bench.threads());
        Map<String, String> home = Map.of("user.home", bench.work().toString());
        return TrainSettings.loader()
                .load(new SettingsSources(Optional.empty(), Map.of(), home, overrides))
                .settings();
    }

    private static Training training(Bench bench, TrainSettings settings, ExecutorService loaders)
            throws IOException, BenchException {
        var request = new Training.Request(
                List.of(data(bench)),
                List.of(),
                bench.work().resolve("model"),
                List.of(),
                Set.of(),
                List.of(),
                false,
                new Training.ModelName("bench", "1"));
        return new Training(
                request,
                settings,
                new Training.Context(
                        bench.settings(Map.of()),
                        bench.work().resolve("faces"),
                        loaders,
                        Clock.systemUTC(),
                        new Silent(),
                        () -> false));
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

    /** Tells nothing: a step's loss is of no interest here. */
    private static final class Silent implements Progress {
        @Override
        public void limited(String by) {}

        @Override
        public void stepped(Step step) {}

        @Override
        public void rendered(long step, long steps, double distance) {}

        @Override
        public void judged(Judged judged) {}

        @Override
        public void skipped(String file) {}
    }
}
