package io.unmask.detector.cli;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets Ctrl-C and SIGTERM end a command in order: its stop action runs, the command finishes what it has begun, and the
 * process ends with its exit code. A command without a stop action ends at once. Thread-safe.
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

    /** Sets the running command's stop action. It runs at once when the user has asked already. */
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

    /** Asks the running command to stop. */
    void request() {
        Optional<Runnable> action;
        synchronized (this) {
            requested = true;
            action = stop;
        }
        action.ifPresent(Runnable::run);
    }

    /** For a command without a stop action that asks {@link #isRequested} from time to time and ends by itself. */
    void willBeAsked() {
        onRequest(() -> {});
    }

    synchronized boolean isRequested() {
        return requested;
    }

    /** Ends the process. After a signal, the shutdown hook waits for this and ends it. */
    void exit(int code) {
        exitCode = code;
        finished.countDown();
        System.exit(code);
    }

    private synchronized boolean hasStopAction() {
        return stop.isPresent();
    }

    private void onSignal() {
        if (finished.getCount() == 0) {
            return;
        }
        // On a thread of its own, because a stop action may block, for example on output that nobody reads.
        Thread stopper = new Thread(this::request, "unmask-stop");
        stopper.setDaemon(true);
        stopper.start();
        try {
            if (hasStopAction()) {
                finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Within a shutdown hook, only halt sets the exit code.
        Runtime.getRuntime().halt(exitCode);
    }
}
