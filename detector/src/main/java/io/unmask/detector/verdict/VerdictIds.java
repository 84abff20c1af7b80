package io.unmask.detector.verdict;

import io.unmask.config.Settings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Names events by what they are about, so that a retry, a replay or a second run gives the same event the same id:
 * the first 128 bits of a SHA-256, in hexadecimal. Thread-safe.
 */
public final class VerdictIds {
    private static final int ID_BYTES = 16;

    private final String modelDigest;
    private final String settingsDigest;

    public VerdictIds(String modelDigest, Settings settings) {
        this.modelDigest = modelDigest;
        // Only what a verdict depends on: where it is kept or sent does not change it.
        this.settingsDigest = digest(List.of(
                String.valueOf(settings.source().sampleFps()),
                settings.face().toString(),
                settings.clip().toString(),
                settings.quality().toString(),
                settings.verdict().threshold().toString()));
    }

    /** Of the settings that a verdict depends on. */
    public String settingsDigest() {
        return settingsDigest;
    }

    /** @param track 0 when there is no face */
    public String verdict(Verdict.Stream stream, Verdict.Kind kind, long startMicros, int track) {
        return id(stream, kind.name(), startMicros, track);
    }

    public String state(Verdict.Stream stream, StreamState.State state, long timeMicros) {
        return id(stream, state.name(), timeMicros, 0);
    }

    private String id(Verdict.Stream stream, String what, long micros, int track) {
        return digest(List.of(
                stream.id(),
                stream.session(),
                what,
                Long.toString(micros),
                Integer.toString(track),
                modelDigest,
                settingsDigest));
    }

    private static String digest(List<String> parts) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                // The length keeps "ab" + "c" apart from "a" + "bc".
                sha256.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
                sha256.update(bytes);
            }
            return HexFormat.of().formatHex(sha256.digest(), 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
