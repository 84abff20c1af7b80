package io.unmask.detector.serve;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what an executor runs from failing in silence: an executor keeps a task's failure to itself. */
final class Guarded {
    private static final Logger LOG = LoggerFactory.getLogger(Guarded.class);

    private Guarded() {}

    /** The task, whose failure is logged; an error is told to the thread's handler of uncaught errors besides. */
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
