package io.unmask.config;

import java.util.concurrent.ThreadFactory;

/** Makes threads that do not keep the process alive, as when native code hangs in one. */
public final class Daemons {
    private Daemons() {}

    /** All of its threads bear this name. */
    public static ThreadFactory named(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
