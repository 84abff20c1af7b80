package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.flip;
import static org.bytedeco.opencv.global.opencv_core.setNumThreads;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.Picture;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private static final String PROFILE = "haarcascade_profileface.xml";
    private static final double STEP = 1.1;
    /** From size to size when the whole picture is searched: finds what {@link #STEP} does, with fewer hits each. */
    private static final double COARSE_STEP = 1.25;

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

    /** A second look sees the box at this side, and so much of what surrounds it. */
    private static final int LOOK_SIDE_PX = 120;

    private static final double LOOK_REACH = 1.6;

    /** Eyes lie in the upper part of the box; it may be off by this share of its side. */
    private static final double EYES_DOWN_TO = 0.575;

    private static final double EYES_MARGIN = 0.05;
    private static final int EYE_MIN_PX = 20;
    private static final int EYE_MAX_PX = 60;
    private static final int EYE_NEIGHBOURS = 3;

    /**
     * Overlapping hits of the other frontal cascades that stand for a face without visible eyes. Walls, ears and
     * necklines had 8 and 15 at most.
     */
    private static final int ALT_NEIGHBOURS = 12;

    private static final int DEFAULT_NEIGHBOURS = 20;

    private static final int LOOK_MIN_PX = 85;

    static {
        // Sources are the parallelism; OpenCV's threads would fight with theirs.
        setNumThreads(1);
    }

    private final CascadeClassifier frontal = load("haarcascade_frontalface_alt2.xml");
    private final CascadeClassifier eye = load("haarcascade_eye.xml");
    /** Those that are seldom needed, by name; loading one takes as long as several pictures. */
    private final Map<String, CascadeClassifier> others = new HashMap<>();

    private final Settings.Face settings;
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

    private CascadeClassifier other(String name) {
        return others.computeIfAbsent(name, CascadeFaceDetector::load);
    }

    @Override
    public List<FaceHit> detect(Picture picture, List<FaceBox> expected) {
        try (PixelMat grey = PixelMat.luma(picture)) {
            double factor = PixelMat.shrink(grey.mat(), small, settings.detectWidth());
            List<FaceHit> hits = searchAll(factor);
            for (FaceBox lost : expected) {
                if (hits.stream().noneMatch(hit -> hit.box().overlap(lost) >= SAME_FACE)) {
                    searchNear(grey.mat(), lost)
                            .filter(found -> isApart(found, hits))
                            .ifPresent(hits::add);
                }
            }
            return hits;
        }
    }

    @Override
    public List<FaceHit> follow(Picture picture, List<FaceBox> expected) {
        try (PixelMat grey = PixelMat.luma(picture)) {
            double factor = PixelMat.shrink(grey.mat(), small, settings.detectWidth());
            List<FaceHit> hits = new ArrayList<>();
            for (FaceBox last : expected) {
                searchAgain(last, factor)
                        .or(() -> searchNear(grey.mat(), last))
                        .filter(found -> isApart(found, hits))
                        .ifPresent(hits::add);
            }
            return hits;
        }
    }

    /** Finds candidates by a coarse search, and each of them again by the fine one, whose boxes and counts are used. */
    private List<FaceHit> searchAll(double factor) {
        int min = (int) Math.round(settings.minSizePx() / BOX_SCALE * factor);
        List<FaceHit> found = search(frontal, small, COARSE_STEP, 1, min, Integer.MAX_VALUE).stream()
                .map(hit -> faceBox(hit.box(), 0, 0, factor))
                .flatMap(box -> searchAgain(box, factor).stream())
                .filter(hit -> hit.box().width() >= settings.minSizePx())
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

    /** Whether two hits share a third of the smaller one: the cascade likes to find a face within a face. */
    private static boolean covered(FaceBox one, FaceBox other) {
        double across = Math.min(one.x() + one.width(), other.x() + other.width()) - Math.max(one.x(), other.x());
        double down = Math.min(one.y() + one.height(), other.y() + other.height()) - Math.max(one.y(), other.y());
        double smaller = Math.min(one.width() * one.height(), other.width() * other.height());
        return across > 0 && down > 0 && across * down > smaller / 3;
    }

    /** The fine search of the shrunk picture around a box, at its size. */
    private Optional<FaceHit> searchAgain(FaceBox last, double factor) {
        double side = last.width() / BOX_SCALE * factor;
        try (Rect region = around(last, factor, small)) {
            if (region.width() < side / 2 || region.height() < side / 2) {
                return Optional.empty();
            }
            try (Mat part = new Mat(small, region)) {
                int min = (int) (side / NEAR_SIZE_RANGE);
                int max = (int) (side * NEAR_SIZE_RANGE);
                return search(frontal, part, STEP, settings.minNeighbours(), min, max).stream()
                        .map(hit -> new FaceHit(
                                faceBox(hit.box(), region.x() / factor, region.y() / factor, factor), hit.score()))
                        .filter(hit -> hit.box().overlap(last) >= SAME_FACE)
                        .max(Comparator.comparingDouble(FaceHit::score));
            }
        }
    }

    /** The neighbourhood of a face in a plane that is the picture shrunk by the factor. */
    private static Rect around(FaceBox box, double factor, Mat plane) {
        double side = box.width() / BOX_SCALE;
        double reach = side * NEAR_REACH;
        return part(
                new FaceBox(
                        box.x() + (box.width() - reach) / 2,
                        box.y() + (box.height() - reach) / 2 - side * BOX_DROP,
                        reach,
                        reach),
                factor,
                plane);
    }

    /** What of an area of the picture lies in the plane; its sides are negative when nothing does. */
    private static Rect part(FaceBox area, double factor, Mat plane) {
        int left = (int) Math.max(0, area.x() * factor);
        int top = (int) Math.max(0, area.y() * factor);
        return new Rect(left, top, (int) Math.min(plane.cols() - left, area.width() * factor), (int)
                Math.min(plane.rows() - top, area.height() * factor));
    }

    @Override
    public boolean confirms(Picture picture, FaceBox box) {
        double reach = box.width() * LOOK_REACH;
        FaceBox area =
                new FaceBox(box.x() + (box.width() - reach) / 2, box.y() + (box.height() - reach) / 2, reach, reach);
        double factor = LOOK_SIDE_PX / box.width();
        double left;
        double top;
        try (PixelMat grey = PixelMat.luma(picture);
                Rect region = part(area, 1, grey.mat())) {
            if (region.width() < box.width() / 2 || region.height() < box.height() / 2) {
                return false;
            }
            try (Mat part = new Mat(grey.mat(), region);
                    Size none = new Size()) {
                resize(part, near, none, factor, factor, factor < 1 ? INTER_AREA : INTER_CUBIC);
            }
            left = region.x();
            top = region.y();
        }
        FaceBox seen = new FaceBox(
                (box.x() - left) * factor, (box.y() - top) * factor, box.width() * factor, box.height() * factor);
        return showsEye(seen)
                || showsFace(other("haarcascade_frontalface_alt.xml"), ALT_NEIGHBOURS, seen)
                || showsFace(other("haarcascade_frontalface_default.xml"), DEFAULT_NEIGHBOURS, seen);
    }

    private boolean showsEye(FaceBox seen) {
        double margin = EYES_MARGIN * seen.width();
        FaceBox upper = new FaceBox(
                seen.x() - margin,
                seen.y() - margin,
                seen.width() + 2 * margin,
                seen.height() * EYES_DOWN_TO + 2 * margin);
        try (Rect region = part(upper, 1, near)) {
            if (region.width() < EYE_MIN_PX || region.height() < EYE_MIN_PX) {
                return false;
            }
            try (Mat eyes = new Mat(near, region)) {
                return !search(eye, eyes, STEP, EYE_NEIGHBOURS, EYE_MIN_PX, EYE_MAX_PX)
                        .isEmpty();
            }
        }
    }

    private boolean showsFace(CascadeClassifier cascade, int neighbours, FaceBox seen) {
        return search(cascade, near, STEP, neighbours, LOOK_MIN_PX, Integer.MAX_VALUE).stream()
                .map(hit -> faceBox(hit.box(), 0, 0, 1))
                .anyMatch(box -> box.overlap(seen) >= SAME_FACE);
    }

    private Optional<FaceHit> searchNear(Mat grey, FaceBox lost) {
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
                factor = PixelMat.shrink(part, near, (int) Math.round(longer / side * NEAR_SIDE_PX));
            }
            left = region.x();
            top = region.y();
        }
        int min = (int) (side * factor / NEAR_SIZE_RANGE);
        int max = (int) (side * factor * NEAR_SIZE_RANGE);
        return best(search(frontal, near, STEP, NEAR_NEIGHBOURS, min, max), lost, left, top, factor)
                .or(() -> best(search(other(PROFILE), near, STEP, NEAR_NEIGHBOURS, min, max), lost, left, top, factor))
                .or(() -> best(searchMirrored(min, max), lost, left, top, factor));
    }

    private List<FaceHit> searchMirrored(int min, int max) {
        flip(near, near, 1);
        return search(other(PROFILE), near, STEP, NEAR_NEIGHBOURS, min, max).stream()
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
    private static List<FaceHit> search(
            CascadeClassifier cascade, Mat plane, double step, int neighbours, int min, int max) {
        List<FaceHit> hits = new ArrayList<>();
        int most = Math.min(max, Math.max(plane.cols(), plane.rows()));
        try (RectVector found = new RectVector();
                IntPointer counts = new IntPointer();
                Size smallest = new Size(min, min);
                Size largest = new Size(most, most)) {
            cascade.detectMultiScale2(plane, found, counts, step, neighbours, 0, smallest, largest);
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
        others.values().forEach(CascadeClassifier::close);
        eye.close();
        frontal.close();
    }
}
