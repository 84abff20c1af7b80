package io.unmask.detector.cli;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C and SIGTERM end a command in order: its stop action runs, it finishes what it has begun, and the process
 * ends with the command's exit code. A command that named no action is ended at once. Thread-safe.
 */
final class Shutdown {
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch finished = new CountDownLatch(1);
    private Optional<Runnable> stop = Optional.empty();
    private boolean requested;
    private volatile int exitCode = ExitCode.INTERRUPTED;

    /** Begins to listen to the process's signals. */
    void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "unmask-shutdown"));
    }

    /** Names what ends the running command; it runs at once when the request came before. */
    void onRequest(Runnable action) {
        boolean already;
        synchronized (this) {
            stop = Optional.of(action);
            already = requested;
        }
        if (already) {
            action.run();
        }
    }

    /** Ends the running command soon. */
    void request() {
        Optional<Runnable> action;
        synchronized (this) {
            requested = true;
            action = stop;
        }
        action.ifPresent(Runnable::run);
    }

    /** The command asks {@link #isRequested} from time to time, and ends by itself. */
    void willBeAsked() {
        onRequest(() -> {});
    }

    synchronized boolean isRequested() {
        return requested;
    }

    /** Ends the process; after a signal it is the waiting hook that does. */
    void exit(int code) {
        exitCode = code;
        finished.countDown();
        System.exit(code);
    }

    private synchronized boolean isInOrder() {
        return stop.isPresent();
    }

    private void onSignal() {
        if (finished.getCount() == 0) {
            return;
        }
        // What ends the command may wait for it, as for results that nobody takes.
        Thread asking = new Thread(this::request, "unmask-stop");
        asking.setDaemon(true);
        asking.start();
        try {
            if (isInOrder()) {
                finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // A hook cannot choose the exit code otherwise.
        Runtime.getRuntime().halt(exitCode);
    }
}
