package io.unmask.detector.broker;

import io.unmask.config.Settings;
import io.unmask.detector.broker.BrokerLease.Origin;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the broker that the settings mean: the configured one, a running embedded one, or a new embedded one. */
public final class Brokers {
    private static final Logger LOG = LoggerFactory.getLogger(Brokers.class);
    private static final Duration WORTH_TELLING = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(100);

    private Brokers() {}

    /**
     * Obtains a broker; blocks for about two seconds when one must be started. A process that shares another's broker
     * takes it over, at the same address, when the other ends. While another process starts its broker it is waited for,
     * however busy the machine: that process holds a lock, which the system takes from it if it ends.
     *
     * @throws BrokerException when there is none and none can be started
     */
    public static BrokerLease obtain(Settings settings) {
        Optional<String> configured = settings.kafka().bootstrapServers();
        if (configured.isPresent()) {
            return BrokerLease.configured(configured.get());
        }
        BrokerDirectory directory =
                new BrokerDirectory(settings.dataDirectory().toAbsolutePath().resolve("broker"));
        long begun = System.nanoTime();
        boolean told = false;
        while (true) {
            Optional<BrokerHold> lock = directory.tryLock();
            if (lock.isPresent()) {
                RunningBroker broker = RunningBroker.start(directory, lock.get(), settings.broker());
                return BrokerLease.embedded(directory, Origin.STARTED, broker);
            }
            Optional<BrokerFile> running = directory.address();
            if (running.isPresent()) {
                return share(directory, running.get(), settings.broker());
            }
            if (!told && System.nanoTime() - begun > WORTH_TELLING.toNanos()) {
                LOG.warn(
                        "waiting for another process to start its broker in {}; should it hang, end it",
                        directory.path());
                told = true;
            }
            pause();
        }
    }

    private static BrokerLease share(BrokerDirectory directory, BrokerFile running, Settings.Broker settings) {
        LOG.info("sharing the embedded broker of process {} at {}", running.pid(), running.bootstrapServers());
        Settings.Broker same = new Settings.Broker(running.port(), settings.retentionHours());
        return BrokerLease.embedded(directory, Origin.SHARED, new Standby(directory, same).start());
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BrokerException("interrupted while another process starts its broker", e);
        }
    }
}
