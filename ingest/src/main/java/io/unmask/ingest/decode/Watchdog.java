package io.unmask.ingest.decode;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs native calls in a thread of their own, since a native decoder can hang and cannot be killed. A call that does not
 * return is left behind, and its caller goes on. What the call works on is released by the same thread when the call
 * returns at last, so that nothing is released while it is in use.
 */
final class Watchdog {
    private static final Logger log = LoggerFactory.getLogger(Watchdog.class);
    private static final long TICK_MS = 20;
    private static final long RELEASE_MS = 2_000;

    private final ExecutorService thread;
    private final long limitMs;
    private final LongSupplier nanoClock;
    private volatile long lastSignNanos;

    /**
     * @param thread one daemon thread, handed over
     * @param limitMs longest silence
     */
    Watchdog(ExecutorService thread, long limitMs, LongSupplier nanoClock) {
        this.thread = thread;
        this.limitMs = limitMs;
        this.nanoClock = nanoClock;
    }

    /** A call that gave no sign of life for too long; it may still be running. */
    static final class StalledException extends Exception {
        StalledException(long limitMs) {
            super("no frame for " + limitMs + " ms");
        }
    }

    /** Restarts the limit: the running call makes progress. */
    void alive() {
        lastSignNanos = nanoClock.getAsLong();
    }

    /** Has the call run when those before it are done. */
    <T> Future<T> start(Callable<T> nativeCall) {
        alive();
        return thread.submit(nativeCall);
    }

    /** Waits for the call while it shows signs of life. */
    <T> T await(Future<T> result) throws StalledException, SourceException, InterruptedException {
        return await(result, limitMs);
    }

    /** The same with another limit, for a call that takes its time. */
    <T> T await(Future<T> result, long limitMs) throws StalledException, SourceException, InterruptedException {
        while (true) {
            try {
                return result.get(TICK_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException stillRunning) {
                if (nanoClock.getAsLong() - lastSignNanos > TimeUnit.MILLISECONDS.toNanos(limitMs)) {
                    throw new StalledException(limitMs);
                }
            } catch (ExecutionException failed) {
                throw unwrap(failed);
            }
        }
    }

    /** Runs the release as the thread's last task, and waits for it unless the thread hangs. */
    void end(Runnable release) {
        thread.execute(release);
        thread.shutdown();
        try {
            if (!thread.awaitTermination(RELEASE_MS, TimeUnit.MILLISECONDS)) {
                log.warn("a native decoder does not return; its thread and memory are left behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static SourceException unwrap(ExecutionException failed) {
        Throwable cause = failed.getCause();
        if (cause instanceof SourceException expected) {
            return expected;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException("decoding failed: " + cause, cause);
    }
}
