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
 * The secret that a client of the HTTP API must know.
 *
 * @param file that holds it
 */
record Token(Path file, String value) {
    private static final int SHORTEST = 16;
    private static final int BYTES = 32;

    /**
     * Reads the token from {@code web.token-file} or else from the data directory, where one that only its owner can read is
     * made first if there is none.
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
        // Written at once or not at all, so that a full disk does not leave an empty token.
        PrivateFiles.writeOnce(file, Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n");
    }

    /** Compares in constant time, so that an attacker learns nothing from how long it takes. */
    boolean matches(String other) {
        return isSame(value, other);
    }

    /** Stands for the token in a cookie, which may not hold every character that a token may. */
    String digest() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Compares in constant time, like {@link #matches}. */
    boolean hasDigest(String other) {
        return isSame(digest(), other);
    }

    private static boolean isSame(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /** Leaves out the token, so that no log shows it. */
    @Override
    public String toString() {
        return "Token[" + file + "]";
    }
}
