package io.unmask.detector.serve;

import io.unmask.config.PrivateFiles;
import io.unmask.config.Settings;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps a second process from reading sources with the same data directory: uploads, sources that were added over HTTP and
 * the list of judged files are one process's. The system lets go of the lock when the process ends.
 */
final class ReadersLock implements AutoCloseable {
    private final FileChannel channel;

    private ReadersLock(FileChannel channel) {
        this.channel = channel;
    }

    /** @throws RefusedException when another process has it */
    static ReadersLock take(Settings settings) {
        Path folder = settings.dataDirectory().resolve("serve");
        try {
            PrivateFiles.createDirectories(folder);
            FileChannel channel =
                    FileChannel.open(PrivateFiles.create(folder.resolve("lock")), StandardOpenOption.WRITE);
            if (isFree(channel)) {
                return new ReadersLock(channel);
            }
            channel.close();
        } catch (IOException e) {
            throw new RefusedException(folder + " cannot be locked (" + e
                    + "): set data-directory to a folder that can be written, on a disk that has locks");
        }
        throw new RefusedException("another unmask serve reads sources with data-directory = "
                + settings.dataDirectory() + "; stop it, or choose another data-directory");
    }

    private static boolean isFree(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException heldInThisProcess) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
