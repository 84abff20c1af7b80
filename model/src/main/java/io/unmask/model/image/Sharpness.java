package io.unmask.model.image;

import io.unmask.ingest.clip.RgbFrame;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;

/**
 * How much fine detail a face shows: the variance of the Laplacian of its luma (Pech-Pacheco et al., ICPR 2000) in the
 * middle of its crop. It depends on the crop's side, so that only crops that were brought to one scale can be compared.
 * Thread-safe.
 */
public final class Sharpness {
    private static final double MOST_BLUR_PX = 4;
    private static final int HALVINGS = 6;

    private Sharpness() {}

    /**
     * Face crops and the side at which their sharpness counts.
     *
     * @param crops square, of one size; at least one
     * @param sidePx no larger than the crops
     */
    public record Shot(List<RgbFrame> crops, int sidePx) {

        private Mat scaled(int index) {
            return Pictures.resized(Pictures.mat(crops.get(index)), sidePx, sidePx);
        }

        private Mat luma() {
            Mat luma = new Mat();
            opencv_imgproc.cvtColor(scaled(0), luma, opencv_imgproc.COLOR_RGB2GRAY);
            return luma;
        }
    }

    /**
     * The crops as they are, unless they are sharper than the others: then at their shot's side and blurred by the Gaussian
     * that takes their first one's sharpness down to that of the others' first one.
     */
    public static List<RgbFrame> atMost(Shot shot, Shot others) {
        try (var scope = new PointerScope()) {
            double limit = of(others.luma());
            Mat luma = shot.luma();
            if (of(luma) <= limit) {
                return shot.crops;
            }
            var blur = blur(luma, limit);
            return IntStream.range(0, shot.crops.size())
                    .mapToObj(i -> Pictures.frame(blur.apply(shot.scaled(i))))
                    .toList();
        }
    }

    private static Operation blur(Mat luma, double limit) {
        double low = 0;
        double high = MOST_BLUR_PX;
        for (int halving = 0; halving < HALVINGS; halving++) {
            double middle = (low + high) / 2;
            if (of(Operations.blur(middle).apply(luma)) > limit) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return Operations.blur(high);
    }

    private static double of(Mat luma) {
        int quarter = luma.cols() / 4;
        Mat edges = new Mat();
        opencv_imgproc.Laplacian(
                luma.apply(new Rect(quarter, quarter, 2 * quarter, 2 * quarter)), edges, opencv_core.CV_32F);
        Mat deviation = new Mat();
        opencv_core.meanStdDev(edges, new Mat(), deviation);
        try (DoubleIndexer value = deviation.createIndexer()) {
            return value.get(0) * value.get(0);
        }
    }
}
