package io.unmask.samples.bench;

import io.unmask.config.TrainSettings;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** PyTorch in a process of its own, which runs training steps when asked. Started at the first call. */
final class TorchSteps implements AutoCloseable {
    private static final String SCRIPT = "train_step.py";

    private final Bench bench;
    private final TrainSettings settings;
    private Optional<Process> process = Optional.empty();

    TorchSteps(Bench bench, TrainSettings settings) {
        this.bench = bench;
        this.settings = settings;
    }

    /** Seconds that so many steps take, its own clock says. */
    double seconds(int steps) throws IOException, BenchException {
        if (process.isEmpty()) {
            process = Optional.of(start());
            ask(1); // memory and kernels are chosen in the first step
        }
        return ask(steps);
    }

    private double ask(int steps) throws IOException, BenchException {
        BufferedWriter in = process.orElseThrow().outputWriter();
        BufferedReader out = process.orElseThrow().inputReader();
        in.write(steps + "\n");
        in.flush();
        String answer = out.readLine();
        if (answer == null) {
            throw new BenchException(
                    "PyTorch ended: " + Files.readString(errors()).strip());
        }
        return Double.parseDouble(answer);
    }

    private Process start() throws IOException, BenchException {
        Path script = bench.work().resolve(SCRIPT);
        try (InputStream resource = TorchSteps.class.getResourceAsStream(SCRIPT)) {
            Files.write(script, resource.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of(bench.python().need(), script.toString(), "--widths"));
        settings.encoderWidths().forEach(width -> command.add("" + width));
        command.addAll(List.of(
                "--units", "" + settings.recurrentUnits(),
                "--size", "" + settings.inputSize(),
                "--frames", "" + settings.frames(),
                "--clips", "" + settings.batchClips(),
                "--threads", "" + bench.threads()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors().toFile());
        // Its threads sleep while it is our turn.
        builder.environment().put("OMP_WAIT_POLICY", "passive");
        return builder.start();
    }

    private Path errors() {
        return bench.work().resolve("torch.err");
    }

    @Override
    public void close() {
        process.ifPresent(Child::end);
    }
}
