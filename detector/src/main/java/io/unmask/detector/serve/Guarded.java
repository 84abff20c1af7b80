package io.unmask.detector.serve;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs the failures of tasks that an executor runs, which an executor itself would swallow. */
final class Guarded {
    private static final Logger LOG = LoggerFactory.getLogger(Guarded.class);

    private Guarded() {}

    /** Wraps a task so that its failure is logged. An error also goes to the thread's handler of uncaught exceptions. */
    static Runnable of(Runnable task) {
        return () -> run(task);
    }

    /** Runs a task again and again, whether it fails or not. */
    static void every(ScheduledExecutorService executor, long millis, Runnable task) {
        var unused = executor.scheduleWithFixedDelay(of(task), millis, millis, TimeUnit.MILLISECONDS);
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.warn("what the service does from time to time failed", e);
        } catch (Error e) {
            LOG.error("what the service does from time to time failed", e);
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }
}
