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
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * Makes folders and files that nobody but the user can read, on file systems that know of users. What exists already is
 * left as it is.
 */
public final class PrivateFiles {
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

    /** Writes a file whole or not at all. One that is there already, perhaps another process's, is left as it is. */
    public static void writeOnce(Path file, String text) throws IOException {
        try {
            write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (FileAlreadyExistsException e) {
            // Another process was faster; its file is the one.
        }
    }

    /** Writes a file whole in the place of the one that is there: a kill or a full disk leaves that one as it was. */
    public static void replace(Path file, byte[] content) throws IOException {
        write(file, content, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void write(Path file, byte[] content, CopyOption... move) throws IOException {
        createDirectories(file.getParent());
        Path part = create(file.resolveSibling(file.getFileName() + "-" + UUID.randomUUID() + ".part"));
        try {
            Files.write(part, content);
            Files.move(part, file, move);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Deletes a folder of ours with all that is in it, if it is there. */
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
     * Deletes what processes that were killed left in a folder. What cannot be deleted stays for the next time: another
     * process may be deleting it.
     *
     * @param prefix of the leftovers' names
     * @param before what changed later may be another process's, which still writes
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
                // The next time.
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
