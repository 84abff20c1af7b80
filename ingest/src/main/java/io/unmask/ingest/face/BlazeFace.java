package io.unmask.ingest.face;

import static org.bytedeco.opencv.global.opencv_core.CV_32F;
import static org.bytedeco.opencv.global.opencv_dnn.blobFromImage;
import static org.bytedeco.opencv.global.opencv_dnn.readNetFromTFLite;

import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceLandmarks.Point;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;
import org.bytedeco.opencv.opencv_core.StringVector;
import org.bytedeco.opencv.opencv_dnn.Net;

/**
 * MediaPipe's BlazeFace (Bazarevsky et al., 2019). For each anchor, which is a place in the window, the network gives a
 * logit and sixteen numbers in pixels: middle and size of the box, and six landmarks, of which the ears are not used.
 * All but the size count from the anchor. One thread.
 */
final class BlazeFace implements FaceNetwork {
    private static final double MIN_SCORE = 0.5;
    private static final int VALUES = 16;

    private final Model model;
    private final Net network;
    private final StringVector outputs;
    private final List<Point> anchors;
    private final Mat blob = new Mat();

    /** The networks that MediaPipe publishes. */
    enum Model {
        /** For faces that fill a good part of the window. */
        SHORT_RANGE("face_detection_short_range.tflite", 128, 0.15),
        /** For smaller ones, too. */
        FULL_RANGE("face_detection_full_range.tflite", 192, 1 / 12.0);

        private final String file;
        private final int side;
        private final double smallestFace;

        Model(String file, int side, double smallestFace) {
            this.file = file;
            this.side = side;
            this.smallestFace = smallestFace;
        }

        private List<Point> anchors() {
            List<Point> anchors = new ArrayList<>();
            if (this == SHORT_RANGE) {
                addGrid(anchors, 8, 2);
                addGrid(anchors, 16, 6);
            } else {
                addGrid(anchors, 4, 1);
            }
            return anchors;
        }

        private void addGrid(List<Point> anchors, int stride, int each) {
            int cells = side / stride;
            for (int i = 0; i < cells * cells * each; i++) {
                int column = i / each % cells;
                int row = i / each / cells;
                anchors.add(new Point((column + 0.5) * stride, (row + 0.5) * stride));
            }
        }
    }

    BlazeFace(Model model) {
        this.model = model;
        anchors = model.anchors();
        try (InputStream in = BlazeFace.class.getResourceAsStream(model.file)) {
            if (in == null) {
                throw new FaceDetectorException(
                        "no " + model.file + " beside " + BlazeFace.class + ": unmask's ingest jar is not whole");
            }
            byte[] bytes = in.readAllBytes();
            try (BytePointer buffer = new BytePointer(bytes)) {
                network = readNetFromTFLite(buffer, bytes.length);
            }
        } catch (IOException e) {
            throw new FaceDetectorException("cannot read " + model.file + ": " + e.getMessage(), e);
        }
        outputs = network.getUnconnectedOutLayersNames();
    }

    @Override
    public int side() {
        return model.side;
    }

    @Override
    public double smallestFace() {
        return model.smallestFace;
    }

    @Override
    public List<RawFace> find(Mat window) {
        try (Size size = new Size(model.side, model.side);
                Scalar mean = Scalar.all(127.5);
                MatVector results = new MatVector()) {
            blobFromImage(window, blob, 1 / 127.5, size, mean, false, false, CV_32F);
            network.setInput(blob);
            network.forward(results, outputs);
            boolean logitsFirst = results.get(0).total() < results.get(1).total();
            return faces(results.get(logitsFirst ? 0 : 1), results.get(logitsFirst ? 1 : 0));
        }
    }

    private List<RawFace> faces(Mat logits, Mat values) {
        List<RawFace> faces = new ArrayList<>();
        try (Mat flatLogits = logits.reshape(1, anchors.size());
                Mat flatValues = values.reshape(1, anchors.size());
                FloatIndexer logit = flatLogits.createIndexer();
                FloatIndexer value = flatValues.createIndexer()) {
            float[] row = new float[VALUES];
            for (int i = 0; i < anchors.size(); i++) {
                double score = 1 / (1 + Math.exp(-logit.get(i, 0)));
                if (score >= MIN_SCORE) {
                    value.get(i, row);
                    faces.add(face(score, anchors.get(i), row));
                }
            }
        }
        return RawFace.merged(faces);
    }

    private static RawFace face(double score, Point anchor, float[] row) {
        FaceBox box = new FaceBox(anchor.x() + row[0] - row[2] / 2, anchor.y() + row[1] - row[3] / 2, row[2], row[3]);
        return new RawFace(
                score,
                box,
                new FaceLandmarks(
                        point(anchor, row, 4), point(anchor, row, 6), point(anchor, row, 8), point(anchor, row, 10)));
    }

    private static Point point(Point anchor, float[] row, int at) {
        return new Point(anchor.x() + row[at], anchor.y() + row[at + 1]);
    }

    @Override
    public void close() {
        blob.close();
        outputs.close();
        network.close();
    }
}
