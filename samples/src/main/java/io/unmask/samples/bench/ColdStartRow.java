package io.unmask.samples.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From the command to the first verdict with a score, with nothing in the data directory and a broker of its own. */
record ColdStartRow() implements Row {
    private static final int SECONDS = 24;

    @Override
    public String name() {
        return "cold-start";
    }

    @Override
    public String what() {
        return "seconds from the command to the first verdict, embedded broker included";
    }

    @Override
    public Target mark() {
        return Target.oursAtMost(10);
    }

    @Override
    public Optional<Target> aim() {
        return Optional.of(Target.oursAtMost(5));
    }

    @Override
    public Measured measure(Bench bench) throws IOException, InterruptedException, BenchException {
        Video video = bench.videos().get(Scenery.ONE, 854, 480, SECONDS);
        List<Double> whole = new ArrayList<>();
        List<Double> unpublished = new ArrayList<>();
        List<Double> jvm = new ArrayList<>();
        for (int pair = 0; pair < bench.pairs(); pair++) {
            whole.add(untilFirstVerdict(bench, video.file()));
            unpublished.add(untilFirstVerdict(bench, video.file(), "--no-publish"));
            List<String> nothing = Child.java(List.of(), "io.unmask.detector.cli.UnmaskCommand", List.of("--version"));
            jvm.add(new Child(nothing, bench.work()).run().seconds());
        }
        Map<String, Object> more = new LinkedHashMap<>(Map.of("file", video.text()));
        more.put("without_kafka_seconds", Spread.of(unpublished).median());
        more.put("jvm_and_command_line_seconds", Spread.of(jvm).median());
        return new Measured("s", whole, List.of(), Optional.empty(), more);
    }

    private static double untilFirstVerdict(Bench bench, Path file, String... options)
            throws IOException, InterruptedException, BenchException {
        Path data = Files.createTempDirectory(bench.work(), "data");
        List<String> command =
                new Detect(bench, List.of(), Map.of("data-directory", data.toString())).command(List.of(file), options);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        Child.clean(builder.environment());
        long start = System.nanoTime();
        Process process = builder.start();
        try (BufferedReader out = process.inputReader()) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.contains("\"p_fake\"")) {
                    return (System.nanoTime() - start) / 1e9;
                }
            }
            throw new BenchException("no face was judged in " + file + ": give a video with a face");
        } finally {
            Child.end(process);
        }
    }
}
