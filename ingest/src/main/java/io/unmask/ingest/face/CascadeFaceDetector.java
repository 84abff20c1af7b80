package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.flip;
import static org.bytedeco.opencv.global.opencv_core.setNumThreads;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_RGB2GRAY;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.RgbFrame;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.RectVector;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.CascadeClassifier;

/**
 * OpenCV's frontal-face cascade on the shrunk grey picture. A face is followed by the same search around its last box,
 * at its size. Where a face is expected but was not found, the neighbourhood is searched again: at a size that suits
 * the face, asking for fewer overlapping hits, and then for profiles, which alone would find too much that is no face.
 */
final class CascadeFaceDetector implements FaceDetector {
    /**
     * Side of the face box over side of the cascade's hit, and how far its centre lies below the hit's, in sides of
     * the hit: medians over 1000 authentic DFDC face crops, so that a box covers what such a crop covers.
     */
    static final double BOX_SCALE = 0.92;

    static final double BOX_DROP = 0.08;

    private static final String FOLDER = "/share/opencv4/haarcascades/";
    private static final double STEP = 1.1;
    private static final double SAME_FACE = 0.3;
    /** The neighbourhood is shrunk until the face expected in it is of this side, in pixels. */
    private static final int NEAR_SIDE_PX = 64;

    /**
     * Overlapping hits that the second search asks for. A face in view has 20 to 80 and a false hit up to 6, so that
     * the setting decides what starts a track, and this only what continues one.
     */
    private static final int NEAR_NEIGHBOURS = 2;

    /** Side of the neighbourhood over side of the face, and how much a face may grow or shrink meanwhile. */
    private static final double NEAR_REACH = 2;

    private static final double NEAR_SIZE_RANGE = 1.5;

    static {
        // Sources are the parallelism; OpenCV's threads would fight with theirs.
        setNumThreads(1);
    }

    private final CascadeClassifier frontal = load("haarcascade_frontalface_alt2.xml");
    private final CascadeClassifier profile = load("haarcascade_profileface.xml");
    private final Settings.Face settings;
    private final NativePicture picture = new NativePicture();
    private final Mat grey = new Mat();
    private final Mat small = new Mat();
    private final Mat near = new Mat();

    CascadeFaceDetector(Settings.Face settings) {
        this.settings = settings;
    }

    private static CascadeClassifier load(String name) {
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
            return cascade;
        } catch (IOException e) {
            throw new FaceDetectorException("cannot extract " + name + " to JavaCPP's cache: " + e.getMessage(), e);
        }
    }

    @Override
    public List<FaceHit> detect(RgbFrame frame, List<FaceBox> expected) {
        double factor = load(frame);
        List<FaceHit> hits = searchAll(factor);
        for (FaceBox lost : expected) {
            if (hits.stream().noneMatch(hit -> hit.box().overlap(lost) >= SAME_FACE)) {
                searchNear(lost).filter(found -> isApart(found, hits)).ifPresent(hits::add);
            }
        }
        return hits;
    }

    @Override
    public List<FaceHit> follow(RgbFrame frame, List<FaceBox> expected) {
        double factor = load(frame);
        List<FaceHit> hits = new ArrayList<>();
        for (FaceBox last : expected) {
            searchAgain(last, factor)
                    .or(() -> searchNear(last))
                    .filter(found -> isApart(found, hits))
                    .ifPresent(hits::add);
        }
        return hits;
    }

    /** Makes the grey picture and the shrunk one; returns the latter's size over the former's. */
    private double load(RgbFrame frame) {
        cvtColor(picture.load(frame), grey, COLOR_RGB2GRAY);
        return NativePicture.shrink(grey, small, settings.detectWidth());
    }

    private List<FaceHit> searchAll(double factor) {
        int min = (int) Math.round(settings.minSizePx() / BOX_SCALE * factor);
        List<FaceHit> found = search(frontal, small, settings.minNeighbours(), min, Integer.MAX_VALUE).stream()
                .map(hit -> new FaceHit(faceBox(hit.box(), 0, 0, factor), hit.score()))
                .sorted(Comparator.comparingDouble(FaceHit::score).reversed())
                .toList();
        List<FaceHit> distinct = new ArrayList<>();
        for (FaceHit hit : found) {
            if (isApart(hit, distinct)) {
                distinct.add(hit);
            }
        }
        return distinct;
    }

    private static boolean isApart(FaceHit hit, List<FaceHit> others) {
        return others.stream().noneMatch(other -> covered(hit.box(), other.box()));
    }

    /** What {@link #searchAll} would find around this box: the same levels of the same picture. */
    private Optional<FaceHit> searchAgain(FaceBox last, double factor) {
        double side = last.width() / BOX_SCALE * factor;
        try (Rect region = around(last, factor, small)) {
            if (region.width() < side / 2 || region.height() < side / 2) {
                return Optional.empty();
            }
            try (Mat part = new Mat(small, region)) {
                int min = (int) (side / NEAR_SIZE_RANGE);
                int max = (int) (side * NEAR_SIZE_RANGE);
                return search(frontal, part, settings.minNeighbours(), min, max).stream()
                        .map(hit -> new FaceHit(
                                faceBox(hit.box(), region.x() / factor, region.y() / factor, factor), hit.score()))
                        .filter(hit -> hit.box().overlap(last) >= SAME_FACE)
                        .max(Comparator.comparingDouble(FaceHit::score));
            }
        }
    }

    /** The box's neighbourhood in a plane that is the picture shrunk by the factor. */
    private static Rect around(FaceBox box, double factor, Mat plane) {
        double side = box.width() / BOX_SCALE;
        double reach = side * NEAR_REACH;
        int left = (int) Math.max(0, (box.x() + box.width() / 2 - reach / 2) * factor);
        int top = (int) Math.max(0, (box.y() + box.height() / 2 - side * BOX_DROP - reach / 2) * factor);
        return new Rect(left, top, (int) Math.min(plane.cols() - left, reach * factor), (int)
                Math.min(plane.rows() - top, reach * factor));
    }

    /** Whether two hits share a third of the smaller one: the cascade likes to find a face within a face. */
    private static boolean covered(FaceBox one, FaceBox other) {
        double across = Math.min(one.x() + one.width(), other.x() + other.width()) - Math.max(one.x(), other.x());
        double down = Math.min(one.y() + one.height(), other.y() + other.height()) - Math.max(one.y(), other.y());
        double smaller = Math.min(one.width() * one.height(), other.width() * other.height());
        return across > 0 && down > 0 && across * down > smaller / 3;
    }

    private Optional<FaceHit> searchNear(FaceBox lost) {
        double side = lost.width() / BOX_SCALE;
        double left;
        double top;
        double factor;
        try (Rect region = around(lost, 1, grey)) {
            if (region.width() < side / 2 || region.height() < side / 2) {
                return Optional.empty();
            }
            try (Mat part = new Mat(grey, region)) {
                int longer = Math.max(region.width(), region.height());
                factor = NativePicture.shrink(part, near, (int) Math.round(longer / side * NEAR_SIDE_PX));
            }
            left = region.x();
            top = region.y();
        }
        int min = (int) (side * factor / NEAR_SIZE_RANGE);
        int max = (int) (side * factor * NEAR_SIZE_RANGE);
        return best(search(frontal, near, NEAR_NEIGHBOURS, min, max), lost, left, top, factor)
                .or(() -> best(search(profile, near, NEAR_NEIGHBOURS, min, max), lost, left, top, factor))
                .or(() -> best(searchMirrored(min, max), lost, left, top, factor));
    }

    private List<FaceHit> searchMirrored(int min, int max) {
        flip(near, near, 1);
        return search(profile, near, NEAR_NEIGHBOURS, min, max).stream()
                .map(hit -> new FaceHit(mirrored(hit.box(), near.cols()), hit.score()))
                .toList();
    }

    private static FaceBox mirrored(FaceBox box, int width) {
        return new FaceBox(width - box.x() - box.width(), box.y(), box.width(), box.height());
    }

    private static Optional<FaceHit> best(List<FaceHit> hits, FaceBox lost, double left, double top, double factor) {
        return hits.stream()
                .map(hit -> new FaceHit(faceBox(hit.box(), left, top, factor), hit.score()))
                .filter(hit -> hit.box().overlap(lost) >= SAME_FACE)
                .max(Comparator.comparingDouble(hit -> hit.box().overlap(lost)));
    }

    /** Raw hits in pixels of the plane searched; the score is the number of overlapping hits. */
    private static List<FaceHit> search(CascadeClassifier cascade, Mat plane, int neighbours, int min, int max) {
        List<FaceHit> hits = new ArrayList<>();
        int most = Math.min(max, Math.max(plane.cols(), plane.rows()));
        try (RectVector found = new RectVector();
                IntPointer counts = new IntPointer();
                Size smallest = new Size(min, min);
                Size largest = new Size(most, most)) {
            cascade.detectMultiScale2(plane, found, counts, STEP, neighbours, 0, smallest, largest);
            for (long i = 0; i < found.size(); i++) {
                Rect hit = found.get(i);
                hits.add(new FaceHit(new FaceBox(hit.x(), hit.y(), hit.width(), hit.height()), counts.get(i)));
            }
        }
        return hits;
    }

    /** From a hit in a plane that was cut out of the picture at left, top and shrunk by the factor, to the face box in the picture. */
    static FaceBox faceBox(FaceBox hit, double left, double top, double factor) {
        double side = hit.width() * BOX_SCALE;
        double x = hit.x() + (hit.width() - side) / 2;
        double y = hit.y() + (hit.height() - side) / 2 + hit.height() * BOX_DROP;
        return new FaceBox(left + x / factor, top + y / factor, side / factor, side / factor);
    }

    @Override
    public void close() {
        near.close();
        small.close();
        grey.close();
        picture.close();
        profile.close();
        frontal.close();
    }
}
