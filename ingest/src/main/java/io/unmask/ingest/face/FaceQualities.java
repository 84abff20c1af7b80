package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.CV_16S;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_core.mean;
import static org.bytedeco.opencv.global.opencv_core.meanStdDev;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_RGB2GRAY;
import static org.bytedeco.opencv.global.opencv_imgproc.Laplacian;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.RgbFrame;
import java.nio.DoubleBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;

/** Measures how well a crop can be judged. Keeps its working memory from crop to crop; one thread at a time. */
final class FaceQualities implements AutoCloseable {
    private final Mat grey = new Mat();
    private final Mat edges = new Mat();

    FaceQuality measure(FaceHit face, RgbFrame crop) {
        int width = crop.width();
        int height = crop.height();
        try (BytePointer rgb = new BytePointer(crop.rgb());
                Mat picture = new Mat(height, width, CV_8UC3, rgb)) {
            cvtColor(picture, grey, COLOR_RGB2GRAY);
        }
        return new FaceQuality(
                Math.max(face.box().width(), face.box().height()),
                sharpness(width, height),
                brightness(),
                face.landmarks().map(FaceLandmarks::frontality).orElse(0.0));
    }

    private double brightness() {
        try (Scalar level = mean(grey)) {
            return level.get(0);
        }
    }

    /** Variance of the 4-neighbour Laplacian; a blurred picture has none (Pech-Pacheco et al., ICPR 2000). */
    private double sharpness(int width, int height) {
        if (width < 3 || height < 3) {
            return 0;
        }
        Laplacian(grey, edges, CV_16S);
        try (Rect inner = new Rect(1, 1, width - 2, height - 2);
                Mat part = new Mat(edges, inner);
                Mat mean = new Mat();
                Mat deviation = new Mat()) {
            meanStdDev(part, mean, deviation);
            DoubleBuffer level = deviation.createBuffer();
            return level.get(0) * level.get(0);
        }
    }

    @Override
    public void close() {
        edges.close();
        grey.close();
    }
}
