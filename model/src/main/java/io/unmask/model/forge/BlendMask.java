package io.unmask.model.forge;

import io.unmask.model.image.Operations;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.indexer.IntIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.MatVector;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * The soft outline under which a forgery is blended in. Lengths are shares of the side of a crop as serving cuts it.
 *
 * @param region what it covers
 * @param roundness exponent of the superellipse that outlines it: 2 is an ellipse, 8 nearly a box
 * @param softness deviation of the blur at its edge
 * @param seed of its uneven outline
 */
record BlendMask(
        Region region, double centreX, double centreY, double growth, double roundness, double softness, long seed) {
    private static final int POINTS = 24;
    private static final double UNEVENNESS = 0.18;

    /** A part of the face, as an ellipse in an aligned crop: eyes level at .41 of its height, the mouth at .67. */
    enum Region {
        FACE(0.5, 0.54, 0.25, 0.27),
        INNER_FACE(0.5, 0.545, 0.19, 0.21),
        MOUTH(0.5, 0.69, 0.14, 0.09),
        EYES(0.5, 0.41, 0.21, 0.08),
        NOSE(0.5, 0.54, 0.09, 0.11),
        LOWER_FACE(0.5, 0.67, 0.23, 0.16),
        HEAD(0.5, 0.5, 0.33, 0.42),
        /** The whole picture, so that no outline is left in it. */
        WHOLE(0.5, 0.5, 3, 3);

        final double x;
        final double y;
        final double radiusX;
        final double radiusY;

        Region(double x, double y, double radiusX, double radiusY) {
            this.x = x;
            this.y = y;
            this.radiusX = radiusX;
            this.radiusY = radiusY;
        }
    }

    private static final Region[] DRAWN = {
        Region.FACE,
        Region.FACE,
        Region.FACE,
        Region.INNER_FACE,
        Region.INNER_FACE,
        Region.LOWER_FACE,
        Region.LOWER_FACE,
        Region.MOUTH,
        Region.EYES,
        Region.NOSE
    };

    static BlendMask random(RandomGenerator random) {
        return random(DRAWN[random.nextInt(DRAWN.length)], random);
    }

    /** Tools that work on a square, as lip-sync does, often paste it back as one. */
    static BlendMask random(Region region, RandomGenerator random) {
        boolean box = random.nextInt(4) == 0;
        return new BlendMask(
                region,
                region.x + random.nextDouble(-0.03, 0.03),
                region.y + random.nextDouble(-0.03, 0.03),
                random.nextDouble(0.85, 1.15),
                box ? random.nextDouble(5, 9) : 2,
                random.nextDouble(0.008, 0.05),
                random.nextLong());
    }

    BlendMask shifted(double x, double y) {
        return new BlendMask(region, centreX + x, centreY + y, growth, roundness, softness, seed);
    }

    /** Paints the mask: float {@code [side,side]}, from 0 to {@code opacity}. */
    Mat paint(int sidePx, double margin, double opacity) {
        double unit = sidePx / margin;
        double offset = (sidePx - unit) / 2;
        var random = new SplittableRandom(seed);
        Mat outline = new Mat(POINTS, 1, opencv_core.CV_32SC2);
        try (IntIndexer index = outline.createIndexer()) {
            for (int i = 0; i < POINTS; i++) {
                double angle = 2 * Math.PI * i / POINTS;
                double cos = Math.cos(angle);
                double sin = Math.sin(angle);
                double stretch = Math.pow(
                        Math.pow(Math.abs(cos), roundness) + Math.pow(Math.abs(sin), roundness), -1 / roundness);
                double uneven = random.nextDouble(-UNEVENNESS, UNEVENNESS) * 2 / roundness;
                double reach = growth * stretch * (1 + uneven);
                double x = centreX + cos * region.radiusX * reach;
                double y = centreY + sin * region.radiusY * reach;
                index.put(i, 0, 0, (int) Math.round(offset + x * unit));
                index.put(i, 0, 1, (int) Math.round(offset + y * unit));
            }
        }
        Mat mask = new Mat(sidePx, sidePx, opencv_core.CV_32FC1, new Scalar(0));
        opencv_imgproc.fillPoly(mask, new MatVector(outline), new Scalar(opacity));
        return Operations.gaussian(mask, softness * unit);
    }
}
