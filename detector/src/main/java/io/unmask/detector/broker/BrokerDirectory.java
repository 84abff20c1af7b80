package io.unmask.detector.broker;

import io.unmask.config.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/**
 * The embedded broker's folder. Its lock belongs to the operating system: it says for certain whether a broker runs
 * here, and a killed process cannot leave it behind.
 */
record BrokerDirectory(Path path) {

    Path logs() {
        return path.resolve("log");
    }

    Path addressFile() {
        return path.resolve("broker.json");
    }

    /** What a client in Java needs to be let in, as {@code --command-config} of Kafka's tools takes it. */
    Path clientFile() {
        return path.resolve("client.properties");
    }

    /** What a client of librdkafka needs to be let in, as {@code kcat -F} takes it. */
    Path librdkafkaFile() {
        return path.resolve("librdkafka.conf");
    }

    /** Takes the folder for a broker of this process; empty when another broker has it. */
    Optional<BrokerHold> tryLock() {
        try {
            PrivateFiles.createDirectories(path);
            FileChannel channel =
                    FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            Optional<FileLock> lock = tryLock(channel);
            if (lock.isEmpty()) {
                channel.close();
                return Optional.empty();
            }
            Files.deleteIfExists(addressFile());
            return Optional.of(channel::close);
        } catch (IOException e) {
            throw new BrokerException(
                    "the embedded broker's folder " + path + " cannot be used (" + e
                            + "): make it writable, or set data-directory to another",
                    e);
        }
    }

    Optional<BrokerFile> address() {
        try {
            return BrokerFile.read(addressFile());
        } catch (IOException e) {
            throw new BrokerException(addressFile() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Kafka's settings with which a client reaches the running broker and is let in. */
    Map<String, Object> connection() {
        try {
            return Map.copyOf(BrokerAccess.told(clientFile()));
        } catch (IOException e) {
            throw new BrokerException(clientFile() + " cannot be read: " + e, e);
        }
    }

    private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException heldInThisProcess) {
            return Optional.empty();
        }
    }
}
