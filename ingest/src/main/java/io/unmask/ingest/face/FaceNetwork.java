package io.unmask.ingest.face;

import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;

/** A network that finds faces in a square window. It owns native memory: whoever makes it closes it. One thread. */
interface FaceNetwork extends AutoCloseable {
    /** Side of the window in pixels. */
    int side();

    /** Side of the smallest face that is found for certain, as a share of the window's side. */
    double smallestFace();

    /**
     * Finds each face once.
     *
     * @param window the caller's; RGB, {@link #side} pixels wide and high
     */
    List<RawFace> find(Mat window);

    @Override
    void close();
}
