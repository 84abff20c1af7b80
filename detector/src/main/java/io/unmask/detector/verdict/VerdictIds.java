package io.unmask.detector.verdict;

import io.unmask.config.Settings;
import io.unmask.config.Sha256;
import io.unmask.model.spec.ModelSpec;
import io.unmask.model.spec.OutOfDistribution;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Makes the ids of events from what the events are about, so that the same event has the same id after a retry, a replay or a
 * second run. An id is the first 128 bits of a SHA-256, in hexadecimal. Thread-safe.
 */
public final class VerdictIds {
    private static final int ID_BYTES = 16;

    private final String modelDigest;
    private final String settingsDigest;

    /**
     * @param outOfDistribution the model's limit for unfamiliar faces, if it has one
     * @param faceModelDigest SHA-256 of {@code face.yunet-model}, when it is set
     */
    public VerdictIds(
            Verdict.Model model,
            ModelSpec spec,
            Optional<OutOfDistribution> outOfDistribution,
            Settings settings,
            Optional<String> faceModelDigest) {
        // The model's own digest covers its weights alone, but verdicts also depend on these parts of its card.
        this.modelDigest = digest(List.of(
                model.digest(),
                spec.toString(),
                model.calibration().toString(),
                outOfDistribution.map(OutOfDistribution::limit).toString()));
        // Only settings that a verdict depends on: where it is kept or sent does not change it.
        this.settingsDigest = digest(List.of(
                String.valueOf(settings.source().sampleFps()),
                withoutPath(settings.face()).toString(),
                faceModelDigest.orElse(""),
                settings.clip().toString(),
                settings.quality().toString(),
                settings.verdict().threshold().toString()));
    }

    /** Digest of the settings that a verdict depends on. */
    public String settingsDigest() {
        return settingsDigest;
    }

    /** Digest of all parts of the model that a verdict depends on. */
    public String modelDigest() {
        return modelDigest;
    }

    /**
     * The id of a verdict.
     *
     * @param track 0 when there is no face
     */
    public String verdict(Verdict.Stream stream, Verdict.Kind kind, long startMicros, long endMicros, int track) {
        // The end counts, too: a run that was stopped within a span must not give its verdict the id of one on the
        // whole span.
        return id(stream, kind.name(), startMicros, endMicros, track);
    }

    /** The id of an event that tells a stream's state. */
    public String state(Verdict.Stream stream, StreamState.State state, long timeMicros) {
        return id(stream, state.name(), timeMicros, timeMicros, 0);
    }

    /** Without the path of the face detector's model: its digest counts instead. */
    private static Settings.Face withoutPath(Settings.Face face) {
        return new Settings.Face(
                Optional.empty(), face.minSizePx(), face.minScore(), face.trackOverlap(), face.trackGapMs());
    }

    private String id(Verdict.Stream stream, String what, long startMicros, long endMicros, int track) {
        return digest(List.of(
                stream.id(),
                stream.session(),
                what,
                Long.toString(startMicros),
                Long.toString(endMicros),
                Integer.toString(track),
                modelDigest,
                settingsDigest));
    }

    private static String digest(List<String> parts) {
        MessageDigest sha256 = Sha256.digest();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            // The length keeps "ab" + "c" apart from "a" + "bc".
            sha256.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
            sha256.update(bytes);
        }
        return HexFormat.of().formatHex(sha256.digest(), 0, ID_BYTES);
    }
}
