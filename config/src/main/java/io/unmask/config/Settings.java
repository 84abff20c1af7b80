package io.unmask.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What the service runs by. Defaults, with an explanation of each key, stand in {@code unmask.yaml}; a component's
 * key is its name in kebab case below its section's, as in {@code clip.min-frames}. Immutable.
 *
 * @param dataDirectory where broker, outbox and evidence live between runs
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
        Broker broker) {

    /**
     * How a source is read.
     *
     * @param sampleFps frames a second that are converted and searched for faces; every frame is decoded
     * @param decoderThreads threads of one decoder; 0 lets FFmpeg choose
     * @param stallTimeoutMs longest wait for one frame before the source counts as stalled and is abandoned
     * @param reconnectAttempts times that a live source is opened again after it stalled or failed
     * @param maxPixels largest picture that is decoded, width times height
     */
    public record Source(
            double sampleFps, int decoderThreads, long stallTimeoutMs, int reconnectAttempts, long maxPixels) {}

    /**
     * How faces are found and followed.
     *
     * @param yunetModel a YuNet ONNX file; when absent, OpenCV's frontal-face cascade searches
     * @param detectWidth pixels that the longer side is shrunk to before the search
     * @param minSizePx side of the smallest face that is searched for, in pixels of the video
     * @param minNeighbours overlapping hits that the cascade asks for
     * @param trackOverlap intersection over union from which a box continues a track
     * @param trackGapMs longest time that a track outlives its last box
     */
    public record Face(
            Optional<Path> yunetModel,
            int detectWidth,
            int minSizePx,
            int minNeighbours,
            double trackOverlap,
            long trackGapMs) {}

    /**
     * How a face track is cut into clips.
     *
     * @param frames sampled face frames in a full clip
     * @param hop face frames between the starts of two clips
     * @param minFrames face frames below which a clip is {@code not_evaluable}
     */
    public record Clip(int frames, int hop, int minFrames) {}

    /**
     * Limits beyond which a face frame is not scored.
     *
     * @param minFacePx side of the face box in pixels
     * @param minSharpness variance of the Laplacian of the grey crop, in grey levels squared
     * @param minBrightness mean grey level, 0 to 255
     * @param maxBrightness mean grey level, 0 to 255
     * @param minFrontality 0 (profile) to 1 (frontal)
     */
    public record Quality(
            int minFacePx, double minSharpness, double minBrightness, double maxBrightness, double minFrontality) {}

    /**
     * @param directory the model directory; when absent, the model that ships is used
     * @param threads TensorFlow's threads; 0 lets it choose
     * @param batchClips most clips scored in one call
     */
    public record Model(Optional<Path> directory, int threads, int batchClips) {}

    /**
     * @param threshold {@code p_fake} from which a face is called fake; when absent, the model's calibrated one
     * @param evidence whether snapshots of judged faces are kept in the data directory
     */
    public record Verdict(Optional<Double> threshold, boolean evidence) {}

    /**
     * @param maxMegabytes disk that undelivered verdicts may take before ingest stops
     * @param drainTimeoutMs longest wait at exit for the broker to take what is left; the rest stays in the outbox
     */
    public record Outbox(int maxMegabytes, long drainTimeoutMs) {}

    /**
     * @param bootstrapServers {@code host:port,…}; when absent, the embedded broker is used
     * @param topic where verdicts go
     * @param connectTimeoutMs longest wait for a first answer before the broker counts as unreachable
     * @param properties passed to Kafka's clients as they are; values are secret and never printed
     */
    public record Kafka(
            Optional<String> bootstrapServers, String topic, long connectTimeoutMs, Map<String, String> properties) {}

    /**
     * The embedded broker.
     *
     * @param port on the loopback interface
     * @param retentionHours how long verdicts stay readable
     */
    public record Broker(int port, int retentionHours) {}
}
