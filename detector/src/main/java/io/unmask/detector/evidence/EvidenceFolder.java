package io.unmask.detector.evidence;

import io.unmask.config.PrivateFiles;
import io.unmask.detector.verdict.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Pictures that support verdicts, below {@code evidence/} in the data directory. Thread-safe. */
public final class EvidenceFolder {
    private static final int NAME_LENGTH = 64;

    private final Path folder;

    public EvidenceFolder(Path dataDirectory) {
        this.folder = dataDirectory.resolve("evidence");
    }

    /**
     * Writes a face's picture; writing the same one again changes nothing.
     *
     * @return what the face's verdict says of it
     * @throws IOException when the disk does not take it; then no part of the picture stays
     */
    public Verdict.Evidence write(Verdict.Stream stream, int track, Snapshot picture) throws IOException {
        Path home = PrivateFiles.createDirectories(folder.resolve(fileName(stream.id())));
        String name = fileName(stream.session()) + "-face-" + track + "-" + picture.timeMicros() + "us.jpg";
        Path part = Files.createTempFile(home, "picture", ".part");
        try {
            Files.write(part, picture.jpeg());
            Files.move(part, home.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
        return new Verdict.Evidence(home.resolve(name).toUri().toString(), sha256(picture.jpeg()), Snapshot.MEDIA_TYPE);
    }

    /** The text itself where it is a safe name, else its safe characters and a digest that keeps it apart. */
    private static String fileName(String text) {
        String safe = text.replaceAll("[^A-Za-z0-9_-]", "_");
        if (safe.equals(text) && text.length() <= NAME_LENGTH && !text.isEmpty()) {
            return text;
        }
        String start = safe.substring(0, Math.min(NAME_LENGTH, safe.length()));
        return start + "-" + sha256(text.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
