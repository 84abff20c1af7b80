package io.unmask.ingest;

import io.unmask.ingest.decode.FrameSources;
import io.unmask.ingest.face.FaceDetector;

/** OpenCV and FFmpeg. To find, link and load them takes the better part of a second. */
public final class NativeLibraries {
    private NativeLibraries() {}

    /**
     * Begins to load them in a daemon thread, so that a program can parse and read meanwhile. Whoever needs one of them waits
     * until it is there, and is the one to tell when it cannot be loaded.
     */
    public static void loadAhead() {
        Thread thread = new Thread(NativeLibraries::load, "unmask-libraries");
        thread.setDaemon(true);
        thread.start();
    }

    private static void load() {
        try {
            FaceDetector.loadLibrary();
            FrameSources.loadLibrary();
        } catch (LinkageError e) {
            // Told where the library is needed.
        }
    }
}
