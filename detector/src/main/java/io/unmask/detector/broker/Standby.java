package io.unmask.detector.broker;

import io.unmask.config.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits, on a thread of its own, for another process's broker to end, and then serves in its place until closed. */
final class Standby implements BrokerHold {
    private static final Logger LOG = LoggerFactory.getLogger(Standby.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final BrokerDirectory directory;
    private final Settings.Broker settings;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "unmask-broker-standby");

    /** @param settings with the port of the broker to follow */
    Standby(BrokerDirectory directory, Settings.Broker settings) {
        this.directory = directory;
        this.settings = settings;
        thread.setDaemon(true);
    }

    Standby start() {
        thread.start();
        return this;
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        boolean logged = false;
        try {
            while (!closed.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                try {
                    Optional<BrokerHold> lock = directory.tryLock();
                    if (lock.isPresent()) {
                        serve(lock.get());
                    }
                } catch (IOException | BrokerException e) {
                    if (!logged) {
                        LOG.error(
                                "the shared broker ended and cannot be replaced yet; verdicts wait in the outbox: {}",
                                e.getMessage());
                    }
                    logged = true;
                    var unused = closed.await(RETRY.toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(BrokerHold lock) throws IOException, InterruptedException {
        LOG.info("the shared broker ended: taking over at port {}", settings.port());
        RunningBroker broker = RunningBroker.start(directory, lock, settings);
        try {
            closed.await();
        } finally {
            broker.close();
        }
    }
}
