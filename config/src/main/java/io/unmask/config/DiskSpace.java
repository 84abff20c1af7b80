package io.unmask.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells whether a disk is full, which libraries report under many names. */
public final class DiskSpace {
    /** Less than this is too little for a log of a database or of Kafka. */
    private static final long LEAST_BYTES = 64 << 10;

    private DiskSpace() {}

    /** Whether the disk of an existing folder has no room left; false where the system does not tell. */
    public static boolean isFull(Path folder) {
        try {
            return Files.getFileStore(folder).getUsableSpace() < LEAST_BYTES;
        } catch (IOException e) {
            return false;
        }
    }
}
