package io.unmask.detector.broker;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** The address of a broker and, when it is the embedded one, a hold on it until closed. Thread-safe. */
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

    private final String bootstrapServers;
    private final Origin origin;
    private final BrokerHold hold;
    private final AtomicBoolean closed = new AtomicBoolean();

    BrokerLease(String bootstrapServers, Origin origin, BrokerHold hold) {
        this.bootstrapServers = bootstrapServers;
        this.origin = origin;
        this.hold = hold;
    }

    public String bootstrapServers() {
        return bootstrapServers;
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
