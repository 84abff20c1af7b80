package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_imgproc.COLOR_RGB2BGR;
import static org.bytedeco.opencv.global.opencv_imgproc.cvtColor;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.Picture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_objdetect.FaceDetectorYN;

/**
 * OpenCV's {@code FaceDetectorYN} over a YuNet ONNX file. A row of its result is x, y, width, height, five landmarks
 * and the score. Its boxes reach from forehead to chin and are narrower than high: their height is the square's side.
 */
final class YuNetFaceDetector implements FaceDetector {
    private static final float MIN_SCORE = 0.7f;
    private static final float MAX_OVERLAP = 0.3f;
    private static final int MOST_CANDIDATES = 500;
    private static final int BACKEND_OPENCV = 3; // cv::dnn::DNN_BACKEND_OPENCV
    private static final int TARGET_CPU = 0; // cv::dnn::DNN_TARGET_CPU
    private static final int COLUMNS = 15;
    private static final int SCORE = 14;

    private final FaceDetectorYN network;
    private final Settings.Face settings;
    private final Mat small = new Mat();
    private final Mat found = new Mat();

    YuNetFaceDetector(Path model, Settings.Face settings) {
        this.settings = settings;
        network = open(model);
    }

    private static FaceDetectorYN open(Path model) {
        if (!Files.isReadable(model) || !Files.isRegularFile(model)) {
            throw new FaceDetectorException("face.yunet-model = " + model + ": no such readable file; give a YuNet"
                    + " ONNX file or remove the setting to use OpenCV's cascade");
        }
        // A first search on a blank picture: a network of another kind fails here and not at the first video.
        try (Size size = new Size(320, 320);
                Mat blank = new Mat(320, 320, CV_8UC3, Scalar.BLACK);
                Mat none = new Mat()) {
            FaceDetectorYN network = FaceDetectorYN.create(
                    model.toString(), "", size, MIN_SCORE, MAX_OVERLAP, MOST_CANDIDATES, BACKEND_OPENCV, TARGET_CPU);
            network.detect(blank, none);
            return network;
        } catch (RuntimeException e) { // what JavaCPP makes of a cv::Exception
            throw new FaceDetectorException(
                    "face.yunet-model = " + model + ": OpenCV cannot use it as a YuNet network; give a YuNet ONNX file"
                            + " (face_detection_yunet_*.onnx) or remove the setting to use OpenCV's cascade",
                    e);
        }
    }

    @Override
    public List<FaceHit> detect(Picture picture, List<FaceBox> known, List<FaceBox> expected) {
        double factor;
        try (PixelMat all = PixelMat.rgb(picture, 0, 0, picture.width(), picture.height())) {
            factor = PixelMat.shrink(all.mat(), small, settings.detectWidth());
        }
        cvtColor(small, small, COLOR_RGB2BGR);
        try (Size size = new Size(small.cols(), small.rows())) {
            network.setInputSize(size);
        }
        network.detect(small, found);
        List<FaceHit> hits = new ArrayList<>();
        if (found.empty() || found.cols() < COLUMNS) {
            return hits;
        }
        try (FloatIndexer rows = found.createIndexer()) {
            for (long row = 0; row < found.rows(); row++) {
                FaceBox box = square(rows.get(row, 0), rows.get(row, 1), rows.get(row, 2), rows.get(row, 3), factor);
                if (box.width() >= settings.minSizePx()) {
                    hits.add(new FaceHit(box, rows.get(row, SCORE)));
                }
            }
        }
        return hits;
    }

    static FaceBox square(double x, double y, double width, double height, double factor) {
        double side = Math.max(width, height);
        return new FaceBox(
                (x + (width - side) / 2) / factor, (y + (height - side) / 2) / factor, side / factor, side / factor);
    }

    @Override
    public void close() {
        found.close();
        small.close();
        network.close();
    }
}
