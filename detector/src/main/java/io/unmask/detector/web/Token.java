package io.unmask.detector.web;

import io.unmask.config.PrivateFiles;
import io.unmask.config.Settings;
import io.unmask.detector.serve.RefusedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * What proves that somebody may act on the service.
 *
 * @param file in which it stands
 */
record Token(Path file, String value) {
    private static final int SHORTEST = 16;
    private static final int BYTES = 32;

    /**
     * Reads the token from the file of the settings, or makes one in the data directory that only its owner reads.
     *
     * @throws RefusedException when the file cannot be read or its token is too short
     */
    static Token of(Settings settings) {
        try {
            if (settings.web().tokenFile().isPresent()) {
                return read(settings.web().tokenFile().get());
            }
            Path own = settings.dataDirectory().resolve("web-token");
            if (!Files.exists(own)) {
                make(own);
            }
            return read(own);
        } catch (IOException e) {
            throw new RefusedException("web.token-file: no token can be read: " + e);
        }
    }

    private static Token read(Path file) throws IOException {
        String value = Files.readString(file).lines().findFirst().orElse("").strip();
        if (value.length() < SHORTEST) {
            throw new RefusedException(
                    file + ": the token in its first line must have " + SHORTEST + " characters at least");
        }
        return new Token(file, value);
    }

    private static void make(Path file) throws IOException {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        // A full disk must not leave a token that is empty.
        PrivateFiles.writeOnce(file, Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n");
    }

    /** Takes the same time for every wrong token. */
    boolean matches(String other) {
        return isSame(value, other);
    }

    /** Stands for the token in a cookie, which may not hold every sign that a token may. */
    String digest() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Takes the same time for every wrong digest. */
    boolean hasDigest(String other) {
        return isSame(digest(), other);
    }

    private static boolean isSame(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /** Never shows the token. */
    @Override
    public String toString() {
        return "Token[" + file + "]";
    }
}
