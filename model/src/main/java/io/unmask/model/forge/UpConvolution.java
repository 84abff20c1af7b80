package io.unmask.model.forge;

import io.unmask.model.image.Operation;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** What the last layer of a generator leaves in a picture, imitated by a filter. */
final class UpConvolution {
    private UpConvolution() {}

    /**
     * Halved and brought back as a generator does it: every pixel becomes a 2×2 square of which a learnt kernel fills in
     * three. Its unequal weights leave a grid (Odena et al., Distill 2016; Durall et al., CVPR 2020).
     *
     * @param unevenness deviation of the kernel's weights from an even one's, as a share
     */
    static Operation of(double unevenness, long seed) {
        float[] even = {0.25f, 0.75f, 1, 0.75f, 0.25f};
        var random = new SplittableRandom(seed);
        float[] kernel = new float[25];
        float sum = 0;
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = (float) (even[i / 5] * even[i % 5] * (1 + random.nextGaussian() * unevenness));
            sum += kernel[i];
        }
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] *= 4 / sum; // since only one pixel of four is not 0
        }
        return picture -> {
            int width = (picture.cols() + 1) / 2;
            int height = (picture.rows() + 1) / 2;
            Mat small = new Mat();
            opencv_imgproc.resize(picture, small, new Size(width, height), 0, 0, opencv_imgproc.INTER_AREA);
            Mat wide = new Mat();
            opencv_imgproc.resize(small, wide, new Size(2 * width, 2 * height), 0, 0, opencv_imgproc.INTER_NEAREST);
            Mat square = new Mat(2, 2, opencv_core.CV_8UC3, new Scalar(0));
            square.data().put((byte) -1, (byte) -1, (byte) -1);
            Mat sparse = new Mat();
            opencv_core.bitwise_and(wide, opencv_core.repeat(square, height, width), sparse);
            Mat weights = new Mat(5, 5, opencv_core.CV_32FC1);
            try (FloatIndexer index = weights.createIndexer()) {
                index.put(0, 0, kernel);
            }
            Mat out = new Mat();
            opencv_imgproc.filter2D(sparse, out, -1, weights);
            return new Mat(out, new Rect(0, 0, picture.cols(), picture.rows())).clone();
        };
    }
}
