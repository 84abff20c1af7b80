package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.flip;
import static org.bytedeco.opencv.global.opencv_core.mean;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.Picture;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;

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

    private static final String PROFILE = "haarcascade_profileface.xml";
    /** The neighbourhood is shrunk until the face expected in it is of this side, in pixels. */
    private static final int NEAR_SIDE_PX = 64;

    /**
     * Overlapping hits that the second search asks for. A face in view has 20 to 80 and a false hit up to 6, so that
     * the setting decides what starts a track, and this only what continues one.
     */
    private static final int NEAR_NEIGHBOURS = 2;

    private final Cascade frontal = Cascade.load("haarcascade_frontalface_alt2.xml");
    /** Those that are seldom needed, by name; loading one takes as long as several pictures. */
    private final Map<String, Cascade> others = new HashMap<>();

    private final SecondLook secondLook = new SecondLook(this::other);

    private final Settings.Face settings;
    private final FrontalSearch frontalSearch;
    private final CoarseSearch coarseSearch = new CoarseSearch(frontal);
    private final Mat small = new Mat();
    /** That with the known faces painted over. */
    private final Mat unknown = new Mat();

    private final Mat near = new Mat();

    CascadeFaceDetector(Settings.Face settings) {
        this.settings = settings;
        frontalSearch = new FrontalSearch(frontal, settings.minNeighbours());
    }

    private Cascade other(String name) {
        return others.computeIfAbsent(name, Cascade::load);
    }

    @Override
    public List<FaceHit> detect(Picture picture, List<FaceBox> known, List<FaceBox> expected) {
        try (PixelMat grey = PixelMat.luma(picture)) {
            double factor = PixelMat.shrink(grey.mat(), small, settings.detectWidth());
            List<FaceHit> hits = new ArrayList<>();
            List<FaceBox> sought = new ArrayList<>(expected);
            for (FaceBox face : known) {
                frontalSearch
                        .around(face, small, factor)
                        .filter(found -> isApart(found, hits))
                        .ifPresentOrElse(hits::add, () -> sought.add(face));
            }
            for (FaceHit other : searchBeside(hits, factor)) {
                if (isApart(other, hits)) {
                    hits.add(other);
                }
            }
            for (FaceBox lost : sought) {
                if (hits.stream().noneMatch(hit -> hit.box().overlap(lost) >= FrontalSearch.SAME_FACE)) {
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
                frontalSearch
                        .around(last, small, factor)
                        .or(() -> searchNear(grey.mat(), last))
                        .filter(found -> isApart(found, hits))
                        .ifPresent(hits::add);
            }
            return hits;
        }
    }

    /**
     * Finds candidates by a coarse search, and each of them again by the fine one, whose boxes and counts are used. Known
     * faces are painted over: a window that is a face costs the cascade far more than one that is none.
     */
    private List<FaceHit> searchBeside(List<FaceHit> known, double factor) {
        small.copyTo(unknown);
        known.forEach(face -> paintOver(face.box(), factor));
        int min = (int) Math.round(settings.minSizePx() / BOX_SCALE * factor);
        List<FaceHit> found = coarseSearch.candidates(unknown, min).stream()
                .map(hit -> faceBox(hit, 0, 0, factor))
                .flatMap(box -> frontalSearch.around(box, small, factor).stream())
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

    private void paintOver(FaceBox face, double factor) {
        try (Rect region = PixelMat.part(face, factor, unknown)) {
            if (region.width() > 0 && region.height() > 0) {
                try (Mat part = new Mat(unknown, region);
                        Scalar paint = mean(part)) {
                    part.put(paint);
                }
            }
        }
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

    @Override
    public boolean confirms(Picture picture, FaceBox box) {
        try (PixelMat grey = PixelMat.luma(picture)) {
            return secondLook.confirms(grey.mat(), box);
        }
    }

    private Optional<FaceHit> searchNear(Mat grey, FaceBox lost) {
        double side = lost.width() / BOX_SCALE;
        double left;
        double top;
        double factor;
        try (Rect region = PixelMat.part(FrontalSearch.REACH.around(lost), 1, grey)) {
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
        Cascade.Sizes sizes = FrontalSearch.REACH.sizes(side * factor);
        return best(frontal.search(near, sizes, NEAR_NEIGHBOURS), lost, left, top, factor)
                .or(() -> best(other(PROFILE).search(near, sizes, NEAR_NEIGHBOURS), lost, left, top, factor))
                .or(() -> best(searchMirrored(sizes), lost, left, top, factor));
    }

    private List<FaceHit> searchMirrored(Cascade.Sizes sizes) {
        flip(near, near, 1);
        return other(PROFILE).search(near, sizes, NEAR_NEIGHBOURS).stream()
                .map(hit -> new FaceHit(mirrored(hit.box(), near.cols()), hit.score()))
                .toList();
    }

    private static FaceBox mirrored(FaceBox box, int width) {
        return new FaceBox(width - box.x() - box.width(), box.y(), box.width(), box.height());
    }

    private static Optional<FaceHit> best(List<FaceHit> hits, FaceBox lost, double left, double top, double factor) {
        return hits.stream()
                .map(hit -> new FaceHit(faceBox(hit.box(), left, top, factor), hit.score()))
                .filter(hit -> hit.box().overlap(lost) >= FrontalSearch.SAME_FACE)
                .max(Comparator.comparingDouble(hit -> hit.box().overlap(lost)));
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
        secondLook.close();
        unknown.close();
        small.close();
        others.values().forEach(Cascade::close);
        frontal.close();
    }
}
