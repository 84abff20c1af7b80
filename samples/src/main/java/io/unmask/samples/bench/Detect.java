package io.unmask.samples.bench;

import io.unmask.detector.broker.BrokerLease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code unmask detect} as a process of its own, with this JVM's options and class path. */
final class Detect {
    /** What the script gives the JVM of this subcommand and of no other; this JVM has what it gives all. */
    static final List<String> OF_DETECT =
            List.of("-XX:TieredStopAtLevel=1", "-XX:Tier3InvocationThreshold=1000", "-XX:Tier3CompileThreshold=4000");

    private static final Pattern STAGE = Pattern.compile("(?m)^(unmask\\.\\S+) +\\d+ times +([0-9.]+) ms in all");
    private static final Pattern JUDGED = Pattern.compile("\"p_fake\"");

    private final Bench bench;
    private final List<String> jvm;
    private final Map<String, String> overrides;

    /** @param jvm further options of the JVM */
    Detect(Bench bench, List<String> jvm, Map<String, String> overrides) {
        this.bench = bench;
        this.jvm = jvm;
        this.overrides = overrides;
    }

    /** Settings with which another process delivers to this broker and need not start one. */
    static Map<String, String> delivering(BrokerLease broker) {
        Map<String, String> overrides = new HashMap<>();
        broker.connection().forEach((name, value) -> overrides.put("kafka.properties." + name, value.toString()));
        overrides.remove("kafka.properties.bootstrap.servers");
        overrides.put("kafka.bootstrap-servers", broker.bootstrapServers());
        return overrides;
    }

    /**
     * A run.
     *
     * @param seconds from the first source's opening to the last verdict in the outbox
     * @param stageMillis by name, as in unmask.encode
     */
    record Run(double seconds, Map<String, Double> stageMillis, Child.Ended process) {}

    /** @throws BenchException when a file got no verdict with a score, for then nothing was measured */
    Run run(List<Path> files, String... options) throws IOException, InterruptedException, BenchException {
        Child.Ended ended = new Child(command(files, options), bench.work()).run();
        if (!JUDGED.matcher(ended.out()).find()) {
            throw new BenchException("no face was judged in " + files + ": give a video with a face");
        }
        Map<String, Double> stages = new HashMap<>();
        for (Matcher stage = STAGE.matcher(ended.err()); stage.find(); ) {
            stages.put(stage.group(1), Double.valueOf(stage.group(2)));
        }
        return new Run(stages.get("unmask.run") / 1e3, stages, ended);
    }

    List<String> command(List<Path> files, String... options) throws IOException {
        Path none = bench.work().resolve("none.yaml");
        if (!Files.exists(none)) {
            Files.createFile(none);
        }
        List<String> arguments = new ArrayList<>(List.of("detect", "-v", "--format", "json", "-c", none.toString()));
        arguments.addAll(List.of(options));
        Map<String, String> settings = new HashMap<>(bench.overrides());
        settings.putAll(overrides);
        settings.forEach((key, value) -> arguments.addAll(List.of("-D", key + "=" + value)));
        files.forEach(file -> arguments.add(file.toString()));
        List<String> jvmOptions = new ArrayList<>(OF_DETECT);
        jvmOptions.addAll(jvm);
        return Child.java(jvmOptions, "io.unmask.detector.cli.UnmaskCommand", arguments);
    }
}
