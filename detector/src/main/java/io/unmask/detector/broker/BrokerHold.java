package io.unmask.detector.broker;

import java.io.IOException;

/** What a lease keeps until it is closed. */
interface BrokerHold extends AutoCloseable {

    @Override
    void close() throws IOException;
}
