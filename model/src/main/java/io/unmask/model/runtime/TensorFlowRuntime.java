package io.unmask.model.runtime;

import com.sun.jna.Function;
import com.sun.jna.Platform;
import io.unmask.ingest.natives.NativeLibraries;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.tensorflow.TensorFlow;

/**
 * TensorFlow's native library: unpacked from its jar into JavaCPP's cache (600 MB, at the first start only) and loaded
 * once a process; nothing is ever downloaded. Thread-safe.
 */
public final class TensorFlowRuntime {
    /** Where DJL looks first; without it, it would download a library. */
    private static final String LIBRARY_PATH = "TENSORFLOW_LIBRARY_PATH";

    private static final String RESOURCES = "/org/tensorflow/internal/c_api/";
    private static final List<String> LIBRARIES = List.of("tensorflow_framework", "tensorflow_cc", "jnitensorflow");

    private static boolean loaded;
    /** Why the JVM could not link the library. It does not try a second time, nor say why again, so the reason is kept. */
    private static Optional<String> unlinkable = Optional.empty();

    private TensorFlowRuntime() {}

    /**
     * Loads the library unless it is loaded. After it could not be found or unpacked the next call tries again.
     *
     * @throws TensorFlowUnavailableException if there is none for this platform, or it cannot be unpacked or loaded
     */
    public static synchronized void ensureLoaded() {
        if (loaded) {
            return;
        }
        if (unlinkable.isPresent()) {
            throw new TensorFlowUnavailableException(unlinkable.get(), null);
        }
        hushNativeLog();
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        String folder = given().orElseGet(() -> unpack(Loader.getPlatform()));
        System.setProperty(LIBRARY_PATH, folder);
        System.setProperty("org.bytedeco.javacpp.platform.preloadpath", folder);
        try {
            NativeLibraries.exclusively(TensorFlow::version);
        } catch (LinkageError e) {
            String message = "TensorFlow's native library in " + folder + " cannot be loaded: " + firstLine(e);
            unlinkable = Optional.of(message);
            throw new TensorFlowUnavailableException(message, e);
        }
        loaded = true;
    }

    /** TensorFlow's version, as in {@code 2.16.1}; loads the library first. */
    public static String version() {
        ensureLoaded();
        return TensorFlow.version();
    }

    /** The folder that the user named; DJL would try a download if it had no library. */
    private static Optional<String> given() {
        String environment = System.getenv(LIBRARY_PATH);
        String folder = environment != null ? environment : System.getProperty(LIBRARY_PATH);
        if (folder != null && !Files.isRegularFile(Path.of(folder, fileName("jnitensorflow")))) {
            throw new TensorFlowUnavailableException(
                    LIBRARY_PATH + " = " + folder + ": the folder holds no " + fileName("jnitensorflow"), null);
        }
        return Optional.ofNullable(folder);
    }

    /** Unpacks the libraries of a platform, each behind JavaCPP's own file lock, and returns their folder. */
    static String unpack(String platform) {
        try {
            File library = null;
            for (String name : LIBRARIES) {
                String file = RESOURCES + platform + '/' + fileName(name);
                library = Loader.cacheResource(TensorFlow.class, file);
                if (library == null) {
                    throw new TensorFlowUnavailableException(
                            "no TensorFlow library for " + platform + " on the class path (" + file
                                    + "): add tensorflow-core-native with that classifier, or set "
                                    + LIBRARY_PATH + " to a folder that holds it",
                            null);
                }
            }
            return library.getParent();
        } catch (IOException e) {
            throw new TensorFlowUnavailableException(
                    "TensorFlow's native library cannot be unpacked (it takes 600 MB; the system property"
                            + " org.bytedeco.javacpp.cachedir says where): " + firstLine(e),
                    e);
        }
    }

    private static String fileName(String name) {
        String file = System.mapLibraryName(name);
        if (name.startsWith("jni") || Platform.isWindows()) {
            return file;
        }
        return Platform.isMac() ? file.replace(".dylib", ".2.dylib") : file + ".2";
    }

    /** TensorFlow's C++ log goes straight to standard error; only its environment variable turns it down. */
    private static void hushNativeLog() {
        if (!Platform.isWindows()) {
            boolean replace = false;
            Function.getFunction("c", "setenv").invokeInt(new Object[] {"TF_CPP_MIN_LOG_LEVEL", "2", replace});
        }
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
