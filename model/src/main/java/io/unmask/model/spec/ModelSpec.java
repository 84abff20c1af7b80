package io.unmask.model.spec;

import java.util.List;

/**
 * The seam between training and serving: what goes into a SavedModel, in which shape, and what comes out.
 *
 * <p>Signatures: {@code encode}: {@code frames} uint8 {@code [N,S,S,3]} → {@code features} float {@code [N,D]};
 * {@code score}: {@code features} float {@code [B,T,D]}, {@code mask} float {@code [B,T]} (1 where a frame is, 0 where
 * a short clip is padded) → {@code logits} float {@code [B,K]} and {@code frame_logits} float {@code [B,T,K]};
 * {@code serving_default}: {@code clips} uint8 {@code [B,T,S,S,3]}, {@code mask} → the same two. Both give {@code distance}
 * float {@code [B]}, too, when the card has a limit for it. {@code locate}, which only a model has that learnt it:
 * {@code frames} → {@code forged} float {@code [N,H,W]}, from 0 to 1.
 *
 * @param architecture names the network, as in {@code residual-gru-1}
 * @param inputSize S: side of the square crop, in pixels
 * @param clipFrames T: frames of a full clip
 * @param features D: length of an encoded frame
 * @param cropScale side of the crop over side of the face box
 * @param sampleFps frames a second that the clips were trained at
 * @param labels K class names; a detector's are {@link #DETECTOR_LABELS}, in that order
 */
public record ModelSpec(
        String architecture,
        int inputSize,
        int clipFrames,
        int features,
        double cropScale,
        double sampleFps,
        List<String> labels) {

    /** The labels of a detector: whether a face is authentic or manipulated. */
    public static final List<String> DETECTOR_LABELS = List.of("real", "fake");

    public static final String TAG = "serve";
    public static final String ENCODE = "encode";
    public static final String LOCATE = "locate";
    public static final String FORGED = "forged";
    public static final String SCORE = "score";
    public static final String SERVING_DEFAULT = "serving_default";
    public static final String FRAMES = "frames";
    public static final String CLIPS = "clips";
    public static final String FEATURES = "features";
    public static final String MASK = "mask";
    public static final String LOGITS = "logits";
    public static final String FRAME_LOGITS = "frame_logits";
    public static final String DISTANCE = "distance";

    public ModelSpec {
        labels = List.copyOf(labels);
    }

    /** Whether the model tells manipulated faces from authentic ones, and no other labels apart. */
    public boolean detects() {
        return labels.equals(DETECTOR_LABELS);
    }
}
