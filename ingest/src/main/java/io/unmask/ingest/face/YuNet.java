package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;
import static org.bytedeco.opencv.global.opencv_dnn.blobFromImage;
import static org.bytedeco.opencv.global.opencv_dnn.readNetFromONNX;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceLandmarks.Point;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_core.StringVector;
import org.bytedeco.opencv.opencv_dnn.Net;

/**
 * YuNet (Wu et al., 2023) as an ONNX file. At each stride, each cell of the window has a class score, an object score, a
 * box (middle and the logarithm of the size, in cells) and five landmarks in cells from its corner. One thread.
 */
final class YuNet implements FaceNetwork {
    /** Side of the window by which a picture is searched. */
    static final int SEARCH_SIDE = 640;

    /** Side of the window around a single face. */
    static final int FOLLOW_SIDE = 160;

    private static final double MIN_SCORE = 0.6;
    private static final int[] STRIDES = {8, 16, 32};
    private static final List<String> PARTS = List.of("cls_", "obj_", "bbox_", "kps_");
    /** Side in pixels of the smallest face that is found for certain. */
    private static final double SMALLEST_FACE_PX = 16;

    private final int side;
    private final Net network;
    private final StringVector outputs;
    private final Mat blob = new Mat();

    /**
     * Reads a file and tries it.
     *
     * @param side of the window; a multiple of 32
     * @throws FaceDetectorException when there is no such file, or it is no YuNet
     */
    YuNet(Path model, int side) {
        if (!Files.isReadable(model) || !Files.isRegularFile(model)) {
            throw new FaceDetectorException("face.yunet-model = " + model + ": no such readable file; give a YuNet"
                    + " ONNX file or remove the setting to use the network that ships");
        }
        this.side = side;
        // A first search on a blank picture: a network of another kind fails here and not at the first video.
        try (Mat blank = new Mat(side, side, CV_8UC3, Scalar.BLACK)) {
            network = readNetFromONNX(model.toString());
            outputs = network.getUnconnectedOutLayersNames();
            find(blank);
        } catch (RuntimeException e) { // what JavaCPP makes of a cv::Exception, or an output that is missing
            throw new FaceDetectorException(
                    "face.yunet-model = " + model + ": OpenCV cannot use it as a YuNet network; give a YuNet ONNX file"
                            + " (face_detection_yunet_*.onnx) or remove the setting to use the network that ships",
                    e);
        }
    }

    @Override
    public int side() {
        return side;
    }

    @Override
    public double smallestFace() {
        return SMALLEST_FACE_PX / side;
    }

    @Override
    public List<RawFace> find(Mat window) {
        try (Size size = new Size(side, side);
                Scalar none = Scalar.all(0);
                MatVector results = new MatVector()) {
            blobFromImage(window, blob, 1, size, none, /* swapRB= */ true, false, CV_32F);
            network.setInput(blob);
            network.forward(results, outputs);
            Map<String, Mat> byName = new TreeMap<>();
            for (long i = 0; i < outputs.size(); i++) {
                byName.put(outputs.get(i).getString().trim(), results.get(i)); // JavaCPP leaves the closing zero
            }
            List<RawFace> faces = new ArrayList<>();
            for (int stride : STRIDES) {
                addFaces(faces, byName, stride);
            }
            return RawFace.merged(faces);
        }
    }

    private void addFaces(List<RawFace> faces, Map<String, Mat> outputs, int stride) {
        int columns = side / stride;
        int cells = columns * columns;
        List<float[]> parts = PARTS.stream()
                .map(part -> values(outputs, part + stride, cells))
                .toList();
        for (int cell = 0; cell < cells; cell++) {
            double score = Math.sqrt(clipped(parts.get(0)[cell]) * clipped(parts.get(1)[cell]));
            if (score >= MIN_SCORE) {
                faces.add(face(score, parts, cell, columns, stride));
            }
        }
    }

    private static RawFace face(double score, List<float[]> parts, int cell, int columns, int stride) {
        int column = cell % columns;
        int row = cell / columns;
        float[] box = parts.get(2);
        double width = Math.exp(box[4 * cell + 2]) * stride;
        double height = Math.exp(box[4 * cell + 3]) * stride;
        double left = (column + box[4 * cell]) * stride - width / 2;
        double top = (row + box[4 * cell + 1]) * stride - height / 2;
        Point[] points = new Point[5];
        for (int i = 0; i < points.length; i++) {
            double x = (column + parts.get(3)[10 * cell + 2 * i]) * stride;
            double y = (row + parts.get(3)[10 * cell + 2 * i + 1]) * stride;
            points[i] = new Point(x, y);
        }
        Point mouth = points[3].towards(points[4], 0.5);
        return new RawFace(
                score,
                new FaceBox(left, top, width, height),
                new FaceLandmarks(points[0], points[1], points[2], mouth));
    }

    private static float[] values(Map<String, Mat> outputs, String name, int cells) {
        Mat output = outputs.get(name);
        if (output == null || output.total() % cells != 0) {
            throw new IllegalArgumentException("no output " + name + " with a multiple of " + cells + " numbers");
        }
        float[] values = new float[(int) output.total()];
        try (Mat flat = output.reshape(1, 1);
                FloatIndexer all = flat.createIndexer()) {
            all.get(0L, values);
        }
        return values;
    }

    private static double clipped(double value) {
        return Math.max(0, Math.min(1, value));
    }

    @Override
    public void close() {
        blob.close();
        outputs.close();
        network.close();
    }
}
