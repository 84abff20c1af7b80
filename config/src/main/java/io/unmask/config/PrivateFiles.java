package io.unmask.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * Makes folders and files that only the current user can read, on file systems with POSIX permissions, and deletes them. What
 * exists already keeps its permissions.
 */
public final class PrivateFiles {
    /** No process writes one file for so long. */
    private static final Duration LONGEST_WRITE = Duration.ofHours(1);

    private PrivateFiles() {}

    /** Makes a folder and those above it that are missing. */
    public static Path createDirectories(Path folder) throws IOException {
        return Files.createDirectories(folder, permissions("rwx------"));
    }

    /** Makes an empty file unless it exists. */
    public static Path create(Path file) throws IOException {
        try {
            return Files.createFile(file, permissions("rw-------"));
        } catch (FileAlreadyExistsException e) {
            return file;
        }
    }

    /** Writes a file whole or not at all. A file that exists already, perhaps written by another process, is kept. */
    public static void writeOnce(Path file, String text) throws IOException {
        createDirectories(file.getParent());
        try {
            write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (FileAlreadyExistsException e) {
            // The file exists, perhaps because another process was faster.
        }
    }

    /** Replaces a file, if there is one, as a whole: after a kill or on a full disk the old one is as it was. */
    public static void replace(Path file, byte[] content) throws IOException {
        createDirectories(file.getParent());
        deleteLeftovers(file.getParent(), partPrefix(file), Instant.now().minus(LONGEST_WRITE));
        write(file, content, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void write(Path file, byte[] content, CopyOption... move) throws IOException {
        Path part = create(file.resolveSibling(partPrefix(file) + UUID.randomUUID()));
        try {
            Files.write(part, content);
            Files.move(part, file, move);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Begins the name of what is not whole yet. The rest is unique, since several processes may write one file. */
    private static String partPrefix(Path file) {
        return file.getFileName() + ".part-";
    }

    /** Deletes a folder with everything in it. Does nothing when there is no such folder. */
    public static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (var paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Deletes what killed processes left behind in a folder. An entry that cannot be deleted is skipped, since another
     * process may be deleting it; the next call tries again.
     *
     * @param prefix with which the leftovers' names begin
     * @param before entries that changed at this time or later are kept: another process may still write them
     */
    public static void deleteLeftovers(Path folder, String prefix, Instant before) throws IOException {
        List<Path> leftovers;
        try (var entries = Files.list(folder)) {
            leftovers = entries.filter(entry -> entry.getFileName().toString().startsWith(prefix))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path leftover : leftovers) {
            try {
                if (Files.getLastModifiedTime(leftover).toInstant().isBefore(before)) {
                    delete(leftover);
                }
            } catch (IOException e) {
                // Skipped, as the Javadoc says.
            }
        }
    }

    private static FileAttribute<?>[] permissions(String allowed) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(allowed))
                }
                : new FileAttribute<?>[0];
    }
}
