package io.unmask.ingest.face;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.Picture;
import java.util.List;

/**
 * Finds the faces in a picture. It owns native memory: whoever opens it closes it, and one thread at a time uses it.
 */
public interface FaceDetector extends AutoCloseable {

    /**
     * Searches the whole picture and finds each face once, in no particular order.
     *
     * @param known where faces were a moment ago that are faces for certain: a detector may look for them there first, and
     *     for others beside those that it finds
     * @param expected where other faces were: a detector may search there harder
     */
    List<FaceHit> detect(Picture picture, List<FaceBox> known, List<FaceBox> expected);

    /**
     * Searches only where faces were a moment ago, and finds each once. Fewer hits than are expected mean that one is
     * lost: search the whole picture then.
     */
    default List<FaceHit> follow(Picture picture, List<FaceBox> expected) {
        return detect(picture, List.of(), expected);
    }

    /**
     * Looks a second time, by other means, whether there is a face in a box that was followed. A face in view is
     * confirmed by nearly every look.
     */
    default boolean confirms(Picture picture, FaceBox box) {
        return true;
    }

    @Override
    void close();

    /** Loads OpenCV unless it is loaded. */
    static void loadLibrary() {
        Cascade.loadLibrary();
    }

    /**
     * Opens the detector that the settings name.
     *
     * @throws FaceDetectorException when it cannot be opened; the message is one line for the user
     */
    static FaceDetector open(Settings.Face settings) {
        return settings.yunetModel()
                .<FaceDetector>map(model -> new YuNetFaceDetector(model, settings))
                .orElseGet(() -> new CascadeFaceDetector(settings));
    }
}
