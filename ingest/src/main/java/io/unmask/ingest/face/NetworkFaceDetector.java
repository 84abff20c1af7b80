package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.setNumThreads;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.face.SearchWindows.Window;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Finds faces by two networks. One searches windows of the whole picture. The other looks closely at a window around a
 * single face: at each that the first one found, and, from then on, at where it was in the last picture. Only what the
 * second one confirms is a face, and its landmarks are the ones that count.
 */
final class NetworkFaceDetector implements FaceDetector {
    /** Side of the window around a face over side of the face's box, for a face that stays and for one that moved far. */
    private static final double NEAR = 2.2;

    private static final double FARTHER = 4;

    /** A face found near where one was is the same when it overlaps that much, as intersection over union. */
    private static final double SAME_FACE = 0.2;

    /** The side of a window is a multiple of this, so that it can be halved without a remainder. */
    private static final int WINDOW_STEP = 8;

    static {
        // Sources are the parallelism; OpenCV's threads would fight with theirs.
        setNumThreads(1);
    }

    private final FaceNetwork searcher;
    private final FaceNetwork follower;
    private final Settings.Face settings;
    private final Mat searchWindow;
    private final Mat followWindow;
    private final Mat scaled = new Mat();

    /** @param searcher handed over, as the follower is: they are closed with this */
    NetworkFaceDetector(FaceNetwork searcher, FaceNetwork follower, Settings.Face settings) {
        this.searcher = searcher;
        this.follower = follower;
        this.settings = settings;
        searchWindow = new Mat(searcher.side(), searcher.side(), CV_8UC3);
        followWindow = new Mat(follower.side(), follower.side(), CV_8UC3);
    }

    @Override
    public List<FaceHit> search(Picture picture, Reach reach, List<FaceBox> known) {
        try (PixelMat whole = PixelMat.rgb(picture, 0, 0, picture.width(), picture.height())) {
            List<FaceHit> candidates = new ArrayList<>();
            List<List<Window>> levels = SearchWindows.levels(
                    picture.width(), picture.height(), settings.minSizePx(), searcher.smallestFace());
            for (Window window : levels.get(0)) {
                candidates.addAll(find(follower, followWindow, whole.mat(), window));
            }
            for (List<Window> level : reach == Reach.LARGE_FACES ? levels.subList(0, 1) : levels) {
                for (Window window : level) {
                    candidates.addAll(find(searcher, searchWindow, whole.mat(), window));
                }
            }
            candidates.sort(Comparator.comparingDouble(FaceHit::score).reversed());
            List<FaceHit> found = new ArrayList<>();
            for (FaceHit candidate : candidates) {
                if (isApart(candidate.box(), known, found)) {
                    look(whole.mat(), 0, 0, candidate.box(), NEAR)
                            .filter(hit -> hit.box().width() >= settings.minSizePx())
                            .filter(hit -> isApart(hit.box(), known, found))
                            .ifPresent(found::add);
                }
            }
            return found;
        }
    }

    @Override
    public List<FaceHit> follow(Picture picture, List<FaceBox> expected) {
        List<FaceHit> found = new ArrayList<>();
        for (FaceBox last : expected) {
            near(picture, last, NEAR)
                    .or(() -> near(picture, last, FARTHER))
                    .filter(hit -> isApart(hit.box(), List.of(), found))
                    .ifPresent(found::add);
        }
        return found;
    }

    private Optional<FaceHit> near(Picture picture, FaceBox last, double reach) {
        Window window = around(last, reach);
        int left = Math.max(0, window.left());
        int top = Math.max(0, window.top());
        int right = Math.min(picture.width(), window.left() + window.side());
        int bottom = Math.min(picture.height(), window.top() + window.side());
        if (right <= left || bottom <= top) {
            return Optional.empty();
        }
        try (PixelMat part = PixelMat.rgb(picture, left, top, right - left, bottom - top)) {
            return look(part.mat(), left, top, last, reach);
        }
    }

    /** Looks for one face around a box in a part of the picture that begins at left, top. */
    private Optional<FaceHit> look(Mat part, int left, int top, FaceBox box, double reach) {
        Window window = around(box, reach);
        Window inPart = new Window(window.left() - left, window.top() - top, window.side());
        FaceBox expected = new FaceBox(box.x() - left, box.y() - top, box.width(), box.height());
        return find(follower, followWindow, part, inPart).stream()
                .filter(hit -> hit.box().overlap(expected) >= SAME_FACE)
                .max(Comparator.comparingDouble(hit -> hit.box().overlap(expected)))
                .map(hit -> hit.moved(left, top));
    }

    private static Window around(FaceBox box, double reach) {
        double wanted = Math.max(box.width(), box.height()) * reach;
        int side = Math.max(1, (int) Math.ceil(wanted / WINDOW_STEP)) * WINDOW_STEP;
        return new Window(
                (int) Math.round(box.x() + (box.width() - side) / 2),
                (int) Math.round(box.y() + (box.height() - side) / 2),
                side);
    }

    private List<FaceHit> find(FaceNetwork network, Mat input, Mat picture, Window window) {
        double factor = network.side() / (double) window.side();
        int left = Math.max(0, window.left());
        int top = Math.max(0, window.top());
        int right = Math.min(picture.cols(), window.left() + window.side());
        int bottom = Math.min(picture.rows(), window.top() + window.side());
        if (right <= left || bottom <= top) {
            return List.of();
        }
        int width = Math.max(1, (int) Math.round((right - left) * factor));
        int height = Math.max(1, (int) Math.round((bottom - top) * factor));
        int across = Math.min(network.side() - width, (int) Math.round((left - window.left()) * factor));
        int down = Math.min(network.side() - height, (int) Math.round((top - window.top()) * factor));
        try (Rect from = new Rect(left, top, right - left, bottom - top);
                Rect to = new Rect(across, down, width, height);
                Mat part = new Mat(picture, from);
                Mat target = new Mat(input, to)) {
            if (width < network.side() || height < network.side()) {
                input.put(Scalar.BLACK);
            }
            scale(part, width, height);
            scaled.copyTo(target);
        }
        return network.find(input).stream()
                .map(face -> face.inPicture(window.left(), window.top(), factor))
                .toList();
    }

    private void scale(Mat part, int width, int height) {
        if (width < part.cols()) {
            PixelMat.average(part, scaled, width, height);
        } else {
            try (Size size = new Size(width, height)) {
                resize(part, scaled, size, 0, 0, INTER_LINEAR);
            }
        }
    }

    private static boolean isApart(FaceBox box, List<FaceBox> known, List<FaceHit> found) {
        return known.stream().noneMatch(other -> other.covers(box))
                && found.stream().noneMatch(other -> other.box().covers(box));
    }

    @Override
    public void close() {
        scaled.close();
        followWindow.close();
        searchWindow.close();
        follower.close();
        searcher.close();
    }
}
