package io.unmask.detector.broker;

import io.unmask.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;

/**
 * A broker of this process, the lock that guards its folder, and the file that tells others of it.
 *
 * @param lock released when the broker has stopped
 */
record RunningBroker(EmbeddedBroker broker, BrokerDirectory directory, BrokerHold lock) implements BrokerHold {

    /** Starts a broker in a folder that was locked for it; when it cannot, the lock is released. */
    static RunningBroker start(BrokerDirectory directory, BrokerHold lock, Settings.Broker settings) {
        RunningBroker running = null;
        try {
            BrokerAccess access = BrokerAccess.of(directory, new SecureRandom());
            running = new RunningBroker(EmbeddedBroker.start(directory.logs(), settings, access), directory, lock);
            access.tell(running.bootstrapServers());
            new BrokerFile(
                            EmbeddedBroker.HOST,
                            running.broker.port(),
                            ProcessHandle.current().pid())
                    .write(directory.addressFile());
            return running;
        } catch (BrokerException e) {
            throw release(lock, e);
        } catch (IOException e) {
            throw release(
                    running == null ? lock : running,
                    new BrokerException(
                            "the embedded broker's folder " + directory.path() + " cannot be written (" + e
                                    + "): make room or make it writable, or set data-directory to another",
                            e));
        }
    }

    String bootstrapServers() {
        return EmbeddedBroker.HOST + ":" + broker.port();
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            Files.deleteIfExists(directory.addressFile());
            broker.close();
        }
    }

    private static BrokerException release(BrokerHold hold, BrokerException failure) {
        try {
            hold.close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }
}
