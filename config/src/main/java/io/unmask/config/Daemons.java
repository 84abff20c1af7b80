package io.unmask.config;

import java.util.concurrent.ThreadFactory;

/** Makes daemon threads, which do not keep the process alive even when native code hangs in one. */
public final class Daemons {
    private Daemons() {}

    /** A factory whose threads all have this name. */
    public static ThreadFactory named(String name) {
        return work -> {
            Thread thread = new Thread(work, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
