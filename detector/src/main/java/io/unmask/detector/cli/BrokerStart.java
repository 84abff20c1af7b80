package io.unmask.detector.cli;

import io.unmask.config.Settings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Finds or starts a broker for a command. The user can stop the command in the meantime. */
final class BrokerStart {
    private BrokerStart() {}

    /**
     * Obtains a broker on a thread of its own.
     *
     * @throws CommandFailure when the user stops the command. The process may then end while the broker starts, which does
     *     not harm the broker's folder
     */
    static BrokerLease obtain(Settings settings, Shutdown shutdown) {
        CompletableFuture<BrokerLease> lease = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        lease.complete(Brokers.obtain(settings));
                    } catch (RuntimeException | Error e) {
                        lease.completeExceptionally(e);
                    }
                },
                "unmask-broker-start");
        thread.setDaemon(true);
        shutdown.onRequest(() -> lease.completeExceptionally(
                new CommandFailure(ExitCode.INTERRUPTED, "stopped while the broker was starting")));
        thread.start();
        try {
            return lease.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        }
    }
}
