package io.unmask.detector.cli;

/**
 * Ends the process, with one line, when an error ends any of its threads: the others would wait for that thread for ever.
 * What was committed to the outbox is safe.
 */
record LastWords(Console console, Shutdown shutdown) implements Thread.UncaughtExceptionHandler {

    /** Listens to all threads of the process. */
    static void install(Console console, Shutdown shutdown) {
        Thread.setDefaultUncaughtExceptionHandler(new LastWords(console, shutdown));
    }

    @Override
    public void uncaughtException(Thread thread, Throwable failure) {
        if (!(failure instanceof Error)) {
            // What libraries throw when the process ends under them is nobody's concern.
            if (!shutdown.isRequested()) {
                console.error("thread " + thread.getName() + " ended: " + failure);
            }
            return;
        }
        try {
            console.error("internal error in thread " + thread.getName() + ": " + failure
                    + "; what was judged is kept in the outbox, run again");
            console.trace(failure);
        } finally {
            // An orderly end would wait for threads that may wait for this one.
            Runtime.getRuntime().halt(ExitCode.FAILURE);
        }
    }
}
