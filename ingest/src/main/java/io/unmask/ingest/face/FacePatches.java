package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.meanStdDev;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.TM_CCOEFF_NORMED;
import static org.bytedeco.opencv.global.opencv_imgproc.matchTemplate;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.Picture;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Finds faces again by how they looked a moment ago, at a tenth of what a search costs. It does not know what a face is
 * and sees no face grow: it forgets one soon, and a detector has to look again. One thread.
 */
final class FacePatches implements AutoCloseable {
    /** A face is remembered as so many grey cells a side. */
    private static final int SIDE = 32;

    /** Pictures in which a face is found again. Scores change by what cutting two rows off changes. */
    private static final int PICTURES = 3;

    /** It may have moved by fewer cells than these in each direction: one that moves farther turns or grows as well. */
    private static final int REACH = 5;

    /** Correlation with what is remembered. A face that turns or is covered falls below it within a few pictures. */
    private static final double MIN_LIKENESS = 0.9;

    /** Standard deviation of the cells, in grey levels, below which every place looks alike. */
    private static final double MIN_CONTRAST = 6;

    private final Map<Integer, Patch> patches = new LinkedHashMap<>();
    private final Mat cells = new Mat();
    private final Mat likeness = new Mat();

    /**
     * A face as it was.
     *
     * @param cells owned
     * @param cellPx side of a cell in pixels of the picture
     * @param left of the patch in the picture
     * @param pictures in which it may still be found
     */
    private record Patch(Mat cells, int cellPx, int left, int top, FaceBox box, int pictures) {
        Patch once() {
            return new Patch(cells, cellPx, left, top, box, pictures - 1);
        }
    }

    /**
     * A place in a map of likenesses.
     *
     * @param across to a fraction of a cell, as down
     */
    private record Peak(double across, double down, double likeness) {}

    /**
     * Remembers how these faces look now, but for any that cannot be told from what surrounds it.
     *
     * @param faces by track
     */
    void remember(Picture picture, Map<Integer, FaceBox> faces) {
        if (faces.isEmpty()) {
            return;
        }
        faces.keySet().forEach(this::forget);
        try (PixelMat grey = PixelMat.luma(picture)) {
            faces.forEach((track, face) -> remember(grey.mat(), track, face));
        }
    }

    private void remember(Mat grey, int track, FaceBox face) {
        int cellPx = (int) Math.max(1, Math.round(face.width() / SIDE));
        int side = SIDE * cellPx;
        int left = (int) Math.round(face.x() + (face.width() - side) / 2);
        int top = (int) Math.round(face.y() + (face.height() - side) / 2);
        if (left < 0 || top < 0 || left + side > grey.cols() || top + side > grey.rows()) {
            return;
        }
        Mat patch = new Mat();
        shrink(grey, left, top, patch, SIDE, SIDE, cellPx);
        if (contrast(patch) >= MIN_CONTRAST) {
            patches.put(track, new Patch(patch, cellPx, left, top, face, PICTURES));
        } else {
            patch.close();
        }
    }

    /**
     * The faces that are remembered, where they are now, by track. One that is not to be seen or went far is forgotten, and
     * so is any after its last picture.
     */
    Map<Integer, FaceHit> find(Picture picture) {
        Map<Integer, FaceHit> found = new LinkedHashMap<>();
        if (patches.isEmpty()) {
            return found;
        }
        try (PixelMat grey = PixelMat.luma(picture)) {
            patches.forEach((track, patch) -> find(grey.mat(), patch).ifPresent(hit -> found.put(track, hit)));
        }
        patches.replaceAll((track, patch) -> patch.once());
        List.copyOf(patches.keySet()).stream()
                .filter(track -> !found.containsKey(track) || patches.get(track).pictures == 0)
                .forEach(this::forget);
        return found;
    }

    private Optional<FaceHit> find(Mat grey, Patch patch) {
        int side = SIDE * patch.cellPx;
        if (patch.left + side > grey.cols() || patch.top + side > grey.rows()) {
            return Optional.empty(); // the picture is smaller than the one before
        }
        int before = Math.min(REACH, patch.left / patch.cellPx);
        int above = Math.min(REACH, patch.top / patch.cellPx);
        int after = Math.min(REACH, (grey.cols() - patch.left - side) / patch.cellPx);
        int below = Math.min(REACH, (grey.rows() - patch.top - side) / patch.cellPx);
        int left = patch.left - before * patch.cellPx;
        int top = patch.top - above * patch.cellPx;
        shrink(grey, left, top, cells, before + SIDE + after, above + SIDE + below, patch.cellPx);
        matchTemplate(cells, patch.cells, likeness, TM_CCOEFF_NORMED);
        Peak peak = peak(likeness);
        boolean wentOut = Math.abs(peak.across - before) >= REACH - 1 || Math.abs(peak.down - above) >= REACH - 1;
        if (peak.likeness < MIN_LIKENESS || wentOut) {
            return Optional.empty();
        }
        FaceBox box = patch.box;
        double x = box.x() + (peak.across - before) * patch.cellPx;
        double y = box.y() + (peak.down - above) * patch.cellPx;
        return Optional.of(new FaceHit(new FaceBox(x, y, box.width(), box.height()), peak.likeness));
    }

    private static void shrink(Mat grey, int left, int top, Mat to, int across, int down, int cellPx) {
        try (Rect region = new Rect(left, top, across * cellPx, down * cellPx);
                Mat part = new Mat(grey, region);
                Size size = new Size(across, down)) {
            resize(part, to, size, 0, 0, INTER_AREA);
        }
    }

    private static double contrast(Mat cells) {
        try (Mat mean = new Mat();
                Mat deviation = new Mat()) {
            meanStdDev(cells, mean, deviation);
            DoubleBuffer level = deviation.createBuffer();
            return level.get(0);
        }
    }

    private static Peak peak(Mat likeness) {
        int columns = likeness.cols();
        FloatBuffer levels = likeness.createBuffer();
        float[] all = new float[columns * likeness.rows()];
        levels.get(all);
        int best = 0;
        for (int i = 1; i < all.length; i++) {
            best = all[i] > all[best] ? i : best;
        }
        int column = best % columns;
        int row = best / columns;
        double across = column == 0 || column == columns - 1 ? 0 : vertex(all[best - 1], all[best], all[best + 1]);
        double down = row == 0 || row == likeness.rows() - 1
                ? 0
                : vertex(all[best - columns], all[best], all[best + columns]);
        return new Peak(column + across, row + down, all[best]);
    }

    /** Where the parabola through three neighbours is highest, from the middle one. */
    private static double vertex(double before, double at, double after) {
        double bend = before - 2 * at + after;
        return bend >= 0 ? 0 : Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)));
    }

    private void forget(int track) {
        Patch patch = patches.remove(track);
        if (patch != null) {
            patch.cells.close();
        }
    }

    /** Forgets them all. */
    void forget() {
        List.copyOf(patches.keySet()).forEach(this::forget);
    }

    @Override
    public void close() {
        forget();
        likeness.close();
        cells.close();
    }
}
