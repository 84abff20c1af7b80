package io.unmask.ingest.face;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.natives.NativeLibraries;
import java.util.List;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_dnn;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_dnn.Net;

/**
 * Finds the faces in a picture. It owns native memory: whoever opens it closes it, and one thread at a time uses it.
 */
public interface FaceDetector extends AutoCloseable {
    /** How small a face may be that a search finds. */
    enum Reach {
        /** Faces that fill a good part of the picture. This costs the same for a picture of any size. */
        LARGE_FACES,
        /** Faces from {@code face.min-size-px} up. The cost rises with the picture's pixels. */
        ALL_FACES
    }

    /**
     * Searches the picture and finds each face once, in no particular order.
     *
     * @param known faces that were found in this picture already and are to be left out
     */
    List<FaceHit> search(Picture picture, Reach reach, List<FaceBox> known);

    /** Looks only where faces were a moment ago, and finds each once. The cost is that of each face. */
    List<FaceHit> follow(Picture picture, List<FaceBox> expected);

    @Override
    void close();

    /**
     * Opens the detector that the settings name.
     *
     * @throws FaceDetectorException when it cannot be opened; the message is one line for the user
     */
    static FaceDetector open(Settings.Face settings) {
        // The part of OpenCV that runs networks, and nothing that needs a display.
        NativeLibraries.load(opencv_core.class, opencv_imgproc.class, opencv_dnn.class, Net.class);
        return settings.yunetModel()
                .map(model -> new NetworkFaceDetector(
                        new YuNet(model, YuNet.SEARCH_SIDE), new YuNet(model, YuNet.FOLLOW_SIDE), settings))
                .orElseGet(() -> new NetworkFaceDetector(
                        new BlazeFace(BlazeFace.Model.FULL_RANGE),
                        new BlazeFace(BlazeFace.Model.SHORT_RANGE),
                        settings));
    }
}
