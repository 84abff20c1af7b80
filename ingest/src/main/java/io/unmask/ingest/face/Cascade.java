package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.setNumThreads;

import io.unmask.ingest.clip.FaceBox;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencv.global.opencv_objdetect;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.RectVector;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.CascadeClassifier;

/** One of the cascades that come with OpenCV: a square window that is moved over a picture, size by size. One thread. */
final class Cascade implements AutoCloseable {
    private static final String FOLDER = "/share/opencv4/haarcascades/";

    static {
        // First JavaCPP's base class, whose initialiser takes the loader's lock: others take that lock and need the
        // class.
        Pointer.maxPhysicalBytes();
        // Sources are the parallelism; OpenCV's threads would fight with theirs.
        setNumThreads(1);
    }

    private final CascadeClassifier classifier;

    private Cascade(CascadeClassifier classifier) {
        this.classifier = classifier;
    }

    /**
     * Sides of the window in pixels of the plane searched.
     *
     * @param step from one to the next
     */
    record Sizes(double step, int min, int max) {}

    /** Loads what searching takes, unless it is loaded. */
    static void loadLibrary() {
        Loader.load(opencv_objdetect.class);
        Loader.load(CascadeClassifier.class); // else its first use waits until another library is loaded
    }

    /**
     * Extracts the cascade from OpenCV's jar and reads it.
     *
     * @throws FaceDetectorException when either fails
     */
    static Cascade load(String name) {
        String resource = "/org/bytedeco/opencv/" + Loader.getPlatform() + FOLDER + name;
        try {
            File file = Loader.cacheResource(resource);
            if (file == null) {
                throw new FaceDetectorException("no " + resource + " on the class path: add OpenCV's jar for this"
                        + " platform (org.bytedeco:opencv)");
            }
            CascadeClassifier cascade = new CascadeClassifier(file.getPath());
            if (cascade.empty()) {
                throw new FaceDetectorException(file + ": OpenCV cannot read this cascade; delete the file");
            }
            return new Cascade(cascade);
        } catch (IOException e) {
            throw new FaceDetectorException("cannot extract " + name + " to JavaCPP's cache: " + e.getMessage(), e);
        }
    }

    /**
     * The means of overlapping hits in pixels of the plane; the score is their number.
     *
     * @param neighbours overlapping hits beside it that a hit takes; 0 gives each single one, with a score of 1
     */
    List<FaceHit> search(Mat plane, Sizes sizes, int neighbours) {
        int most = Math.min(sizes.max(), Math.max(plane.cols(), plane.rows()));
        try (RectVector found = new RectVector();
                IntPointer counts = new IntPointer();
                Size smallest = new Size(sizes.min(), sizes.min());
                Size largest = new Size(most, most)) {
            classifier.detectMultiScale2(plane, found, counts, sizes.step(), neighbours, 0, smallest, largest);
            return hits(found, counts);
        }
    }

    private static List<FaceHit> hits(RectVector found, IntPointer counts) {
        List<FaceHit> hits = new ArrayList<>();
        for (long i = 0; i < found.size(); i++) {
            Rect hit = found.get(i);
            hits.add(new FaceHit(new FaceBox(hit.x(), hit.y(), hit.width(), hit.height()), counts.get(i)));
        }
        return hits;
    }

    @Override
    public void close() {
        classifier.close();
    }
}
