package io.unmask.ingest;

import io.unmask.ingest.decode.FrameSources;
import io.unmask.ingest.face.FaceDetector;

/** OpenCV and FFmpeg. To find, link and load them takes the better part of a second. */
public final class NativeLibraries {
    private NativeLibraries() {}

    /**
     * Loads them unless they are loaded. Whoever needs one of them meanwhile waits until it is there.
     *
     * @throws LinkageError when one cannot be loaded
     */
    public static void load() {
        FaceDetector.loadLibrary();
        FrameSources.loadLibrary();
    }
}
