package io.unmask.detector.broker;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The address of a broker. If this process runs it, closing the lease stops it. Thread-safe. */
public final class BrokerLease implements AutoCloseable {

    /** Whose broker it is. */
    public enum Origin {
        /** Given by {@code kafka.bootstrap-servers}. */
        CONFIGURED,
        /** Embedded, started by this process. */
        STARTED,
        /** Embedded, run by another process on the same data directory. */
        SHARED
    }

    private final Map<String, Object> connection;
    private final Origin origin;
    private final Optional<Path> folder;
    private final BrokerHold hold;
    private final AtomicBoolean closed = new AtomicBoolean();

    private BrokerLease(Map<String, Object> connection, Origin origin, Optional<Path> folder, BrokerHold hold) {
        this.connection = Map.copyOf(connection);
        this.origin = origin;
        this.folder = folder;
        this.hold = hold;
    }

    static BrokerLease configured(String bootstrapServers) {
        return new BrokerLease(
                Map.of("bootstrap.servers", bootstrapServers), Origin.CONFIGURED, Optional.empty(), () -> {});
    }

    /** @throws BrokerException when the folder does not tell how to reach its broker */
    static BrokerLease embedded(BrokerDirectory directory, Origin origin, BrokerHold hold) {
        return new BrokerLease(directory.connection(), origin, Optional.of(directory.path()), hold);
    }

    public String bootstrapServers() {
        return connection.get("bootstrap.servers").toString();
    }

    /** Kafka's settings with which a client reaches this broker and, when it is the embedded one, is let in. */
    public Map<String, Object> connection() {
        return connection;
    }

    /**
     * The embedded broker's folder. {@code client.properties} and {@code librdkafka.conf} in it let other programs of this
     * user in.
     */
    public Optional<Path> folder() {
        return folder;
    }

    /** How the broker was found. */
    public Origin origin() {
        return origin;
    }

    /** Stops the broker if this process runs it; takes about a second. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        try {
            hold.close();
        } catch (IOException e) {
            throw new BrokerException("the embedded broker did not stop cleanly: " + e.getMessage(), e);
        }
    }
}
