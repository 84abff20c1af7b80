package io.unmask.ingest.natives;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * Loads the native libraries that JavaCPP binds, one after the other. Without it two threads can wait for each other for
 * ever: one initialises a class, whose initialiser asks for the lock of JavaCPP's loader; the other holds that lock while
 * its library is linked, and linking initialises the same class. So every thread that is the first to use a library comes
 * through here. Thread-safe.
 */
public final class NativeLibraries {
    private NativeLibraries() {}

    /** Loads the libraries of these classes, in their order, unless they are loaded. */
    public static void load(Class<?>... bindings) {
        exclusively(() -> {
            for (Class<?> binding : bindings) {
                Loader.load(binding);
            }
        });
    }

    /** Runs what loads a library in a way of its own, while nobody else loads one. */
    public static synchronized void exclusively(Runnable loading) {
        // The base class of all bindings comes first.
        Pointer.maxPhysicalBytes();
        loading.run();
    }
}
