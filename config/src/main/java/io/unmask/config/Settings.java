package io.unmask.config;

import io.unmask.config.Constraints.AtMost;
import io.unmask.config.Constraints.Below;
import io.unmask.config.Constraints.Matches;
import io.unmask.config.Constraints.OneOf;
import io.unmask.config.Constraints.Range;
import io.unmask.config.Constraints.Secret;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of the service. A component's key is its name in kebab case behind that of its section, as in
 * {@code clip.min-frames}; {@code unmask.yaml} explains each key and holds its default. Immutable; every path is absolute.
 */
public record Settings(
        Path dataDirectory,
        Source source,
        Face face,
        Clip clip,
        Quality quality,
        Model model,
        Verdict verdict,
        Outbox outbox,
        Kafka kafka,
        Broker broker,
        List<SourceSpec> sources,
        Serve serve,
        Web web,
        Workers workers,
        Evidence evidence) {

    /** Takes a copy of {@code sources}. */
    public Settings {
        sources = List.copyOf(sources);
    }

    /** These settings with another number of decoder threads. */
    public Settings withDecoderThreads(int threads) {
        var threaded = new Source(
                source.sampleFps,
                threads,
                source.stallTimeoutMs,
                source.reconnectAttempts,
                source.maxPixels,
                source.maxPixelsPerByte,
                source.memoryMegabytes,
                source.allowPrivateHosts,
                source.processMegabytes,
                source.rtspOverUdp);
        return with(threaded, sources, web);
    }

    /** These settings with other sources. */
    public Settings withSources(List<SourceSpec> list) {
        return with(source, list, web);
    }

    /** These settings with another {@code web} section. */
    public Settings withWeb(Web other) {
        return with(source, sources, other);
    }

    private Settings with(Source otherSource, List<SourceSpec> otherSources, Web otherWeb) {
        return new Settings(
                dataDirectory,
                otherSource,
                face,
                clip,
                quality,
                model,
                verdict,
                outbox,
                kafka,
                broker,
                otherSources,
                serve,
                otherWeb,
                workers,
                evidence);
    }

    /** How a source is read. */
    public record Source(
            @Range(min = 0.1, max = 60) double sampleFps,
            @Range(min = 0, max = 64) int decoderThreads,
            @Range(min = 100, max = 600_000) long stallTimeoutMs,
            @Range(min = 0, max = 1_000_000) int reconnectAttempts,
            @Range(min = 4096, max = 268_435_456) long maxPixels,
            @Range(min = 1_000, max = 1_000_000_000) long maxPixelsPerByte,
            @Range(min = 0, max = 16_777_216) int memoryMegabytes,
            boolean allowPrivateHosts,
            @Range(min = 0, max = 16_777_216) int processMegabytes,
            boolean rtspOverUdp) {}

    /** How faces are found and followed. */
    public record Face(
            Optional<Path> yunetModel,
            @Range(min = 8, max = 4096) int minSizePx,
            @Range(min = 0, max = 1) double minScore,
            @Range(min = 0, max = 1) double trackOverlap,
            @Range(min = 0, max = 60_000) long trackGapMs) {}

    /** How a face track is cut into clips. */
    public record Clip(
            @Range(min = 2, max = 64) int frames,
            @Range(min = 1, max = 64) @AtMost("frames") int hop,
            @Range(min = 1, max = 64) @AtMost("frames") int minFrames) {}

    /** Limits beyond which a face frame is not scored. */
    public record Quality(
            @Range(min = 1, max = 4096) int minFacePx,
            @Range(min = 0) double minSharpness,
            @Range(min = 0, max = 255) @Below("maxBrightness") double minBrightness,
            @Range(min = 0, max = 255) double maxBrightness,
            @Range(min = 0, max = 1) double minFrontality) {}

    /** Which model scores the clips, and how. */
    public record Model(
            Optional<Path> directory,
            @Matches(pattern = "[0-9a-f]{64}", says = "64 of the characters 0-9 a-f") Optional<String> digest,
            @Range(min = 0, max = 256) int threads,
            @Range(min = 1, max = 256) int batchClips,
            @Matches(pattern = "[a-zA-Z0-9._-]{1,249}", says = "1 to 249 of the characters a-z A-Z 0-9 . _ -")
                    String shadowTopic) {}

    /** How a score becomes a verdict. */
    public record Verdict(@Range(min = 0, max = 1) Optional<Double> threshold, boolean evidence) {}

    /** Where verdicts wait until the broker has them. */
    public record Outbox(
            @Range(min = 1, max = 1_048_576) int maxMegabytes, @Range(min = 0, max = 3_600_000) long drainTimeoutMs) {}

    /** Where verdicts go. */
    public record Kafka(
            @Matches(
                            pattern =
                                    "(?:[^\\s,:\\[\\]]+|\\[[0-9A-Fa-f:.%a-z]+\\]):\\d{1,5}(?:,(?:[^\\s,:\\[\\]]+|\\[[0-9A-Fa-f:.%a-z]+\\]):\\d{1,5})*",
                            says = "HOST:PORT, several separated by commas")
                    Optional<String> bootstrapServers,
            @Matches(pattern = "[a-zA-Z0-9._-]{1,249}", says = "1 to 249 of the characters a-z A-Z 0-9 . _ -")
                    String topic,
            @Range(min = 100, max = 600_000) long connectTimeoutMs,
            @Secret Map<String, String> properties) {

        /** Takes a copy of {@code properties}. */
        public Kafka {
            properties = Map.copyOf(properties);
        }

        /** All but the values of {@code properties}, since these may be passwords. */
        @Override
        public String toString() {
            return "Kafka[bootstrapServers=%s, topic=%s, connectTimeoutMs=%d, properties=%s]"
                    .formatted(bootstrapServers, topic, connectTimeoutMs, properties.keySet());
        }
    }

    /** The embedded broker. */
    public record Broker(@Range(min = 1, max = 65_535) int port, @Range(min = 1, max = 87_600) int retentionHours) {}

    /** How the service watches its sources and opens them again. */
    public record Serve(
            @Range(min = 100, max = 600_000) long maxLatenessMs,
            @Range(min = 100, max = 600_000) long firstPictureTimeoutMs,
            @Range(min = 100, max = 600_000) long stallTimeoutMs,
            @Range(min = 100, max = 3_600_000) long longestPauseMs,
            @Range(min = 100, max = 600_000) long watchIntervalMs) {}

    /** The service's HTTP API and page. */
    public record Web(
            String host,
            @Range(min = 0, max = 65_535) int port,
            Optional<Path> tokenFile,
            @Range(min = 1, max = 1_048_576) int maxUploadMegabytes,
            @Range(min = 1, max = 87_600) int uploadRetentionHours,
            Optional<Path> webhookSecretFile) {}

    /** How several processes of the service share the work. */
    public record Workers(
            @OneOf({"all", "ingest", "score"}) String role,
            @Matches(pattern = "[a-zA-Z0-9._-]{1,240}", says = "1 to 240 of the characters a-z A-Z 0-9 . _ -")
                    String clipsTopic,
            String group,
            @Range(min = 1, max = 1_000) int partitions,
            @Range(min = 0.5, max = 1) double jpegQuality,
            @Range(min = 1, max = 100) int maxAttempts,
            @Range(min = 1, max = 87_600) int clipsRetentionHours) {}

    /** How long pictures of judged faces are kept. */
    public record Evidence(@Range(min = 0, max = 36_500) int keepDays) {}
}
