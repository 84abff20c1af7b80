package io.unmask.model.image;

import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Point2f;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** The changes that the forger and the augmenter choose from, each with its parameters fixed. */
public final class Operations {
    private static final int[] INTERPOLATIONS = {
        opencv_imgproc.INTER_LINEAR,
        opencv_imgproc.INTER_CUBIC,
        opencv_imgproc.INTER_AREA,
        opencv_imgproc.INTER_LANCZOS4
    };

    /** A table of the normal distribution in equal shares. To look a value up takes a fourth of the time of a draw. */
    private static final double[] GAUSSIAN = normal(256, 255);

    private Operations() {}

    /** Contrast around mid-grey, brightness in grey levels, then gamma, by one look-up table. */
    public static Operation tone(double contrast, double brightness, double gamma) {
        byte[] table = new byte[256];
        for (int i = 0; i < 256; i++) {
            double linear = Math.max(0, Math.min(255, (i - 127.5) * contrast + 127.5 + brightness)) / 255;
            table[i] = (byte) Math.round(255 * Math.pow(linear, gamma));
        }
        return picture -> {
            Mat out = new Mat();
            opencv_core.LUT(picture, new Mat(1, 256, opencv_core.CV_8UC1, new BytePointer(table)), out);
            return out;
        };
    }

    /** White balance towards red or blue in grey levels, saturation, and green against magenta. */
    public static Operation tint(double warmth, double saturation, double green) {
        double r = 0.299 * (1 - saturation);
        double g = 0.587 * (1 - saturation);
        double b = 0.114 * (1 - saturation);
        float[] rows = {
            (float) (r + saturation), (float) g, (float) b, (float) warmth,
            (float) r, (float) (g + saturation), (float) b, (float) green,
            (float) r, (float) g, (float) (b + saturation), (float) -warmth
        };
        return picture -> {
            Mat matrix = new Mat(3, 4, opencv_core.CV_32FC1);
            try (FloatIndexer index = matrix.createIndexer()) {
                index.put(0, 0, rows);
            }
            Mat out = new Mat();
            opencv_core.transform(picture, out, matrix);
            return out;
        };
    }

    /** Blurs a picture as a lens that is out of focus does. */
    public static Operation blur(double sigmaPx) {
        return picture -> gaussian(picture, sigmaPx);
    }

    /** Smears a picture along a straight line, as a camera in motion does. */
    public static Operation motionBlur(int lengthPx, double degrees) {
        return picture -> {
            Mat line = new Mat(lengthPx, lengthPx, opencv_core.CV_32FC1, new Scalar(0));
            double angle = Math.toRadians(degrees);
            double middle = (lengthPx - 1) / 2.0;
            var from = new Point((int) Math.round(middle - middle * Math.cos(angle)), (int)
                    Math.round(middle - middle * Math.sin(angle)));
            var to = new Point((int) Math.round(middle + middle * Math.cos(angle)), (int)
                    Math.round(middle + middle * Math.sin(angle)));
            opencv_imgproc.line(line, from, to, new Scalar(1));
            double sum = opencv_core.sumElems(line).get(0);
            Mat kernel = new Mat();
            line.convertTo(kernel, -1, 1 / sum, 0);
            Mat out = new Mat();
            opencv_imgproc.filter2D(picture, out, -1, kernel);
            return out;
        };
    }

    /** Draws an interpolation for {@link #resample}. Lanczos costs as much as all others together and is drawn a fourth as often as each. */
    public static int interpolation(RandomGenerator random) {
        return random.nextInt(4 * INTERPOLATIONS.length - 3) / 4;
    }

    /** Shrinks by a factor and enlarges again. An interpolation is 0 for linear, 1 for cubic, 2 for area, 3 for Lanczos. */
    public static Operation resample(double factor, int down, int up) {
        return picture -> {
            Mat small = new Mat();
            int width = Math.max(8, (int) Math.round(picture.cols() * factor));
            int height = Math.max(8, (int) Math.round(picture.rows() * factor));
            opencv_imgproc.resize(picture, small, new Size(width, height), 0, 0, INTERPOLATIONS[down]);
            Mat out = new Mat();
            opencv_imgproc.resize(small, out, new Size(picture.cols(), picture.rows()), 0, 0, INTERPOLATIONS[up]);
            return out;
        };
    }

    /** Adds Gaussian sensor noise, drawn anew for each picture. */
    public static Operation noise(double sigma, long seed) {
        var seeds = new SplittableRandom(seed);
        short[] table = new short[GAUSSIAN.length];
        for (int i = 0; i < table.length; i++) {
            table[i] = (short) Math.round(sigma * GAUSSIAN[i]);
        }
        return picture -> {
            Mat even = new Mat(picture.rows(), picture.cols(), opencv_core.CV_8UC3);
            opencv_core.setRNGSeed((int) seeds.nextLong()); // of this thread
            opencv_core.randu(even, number(0), number(table.length));
            Mat noise = new Mat();
            opencv_core.LUT(even, new Mat(1, table.length, opencv_core.CV_16SC1, new ShortPointer(table)), noise);
            Mat out = new Mat();
            opencv_core.add(picture, noise, out, new Mat(), opencv_core.CV_8UC3);
            return out;
        };
    }

    /** Sharpens by an unsharp mask. */
    public static Operation sharpen(double amount) {
        return picture -> {
            Mat soft = gaussian(picture, 1.2);
            Mat out = new Mat();
            opencv_core.addWeighted(picture, 1 + amount, soft, -amount, 0, out);
            return out;
        };
    }

    /** Smooths the skin and keeps edges, as a generator or a beauty filter does. */
    public static Operation smooth(int diameterPx, double sigma) {
        return picture -> {
            Mat out = new Mat();
            opencv_imgproc.bilateralFilter(picture, out, diameterPx, sigma, diameterPx);
            return out;
        };
    }

    /** Writes and reads a JPEG file of this quality, 0 to 100. */
    public static Operation jpeg(int quality) {
        return picture -> {
            var bytes = new BytePointer();
            opencv_imgcodecs.imencode(
                    ".jpg", picture, bytes, new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, quality));
            return opencv_imgcodecs.imdecode(
                    new Mat(1, Math.toIntExact(bytes.limit()), opencv_core.CV_8UC1, bytes),
                    opencv_imgcodecs.IMREAD_COLOR_BGR);
        };
    }

    /** Takes the colour away. */
    public static Operation grey() {
        return picture -> {
            Mat grey = new Mat();
            opencv_imgproc.cvtColor(picture, grey, opencv_imgproc.COLOR_RGB2GRAY);
            Mat out = new Mat();
            opencv_imgproc.cvtColor(grey, out, opencv_imgproc.COLOR_GRAY2RGB);
            return out;
        };
    }

    /** Shifts each channel by so many grey levels. */
    public static Operation shiftChannels(double red, double green, double blue) {
        return picture -> {
            Mat out = new Mat();
            Mat shift = new Mat(picture.size(), opencv_core.CV_16SC3, new Scalar(red, green, blue, 0));
            opencv_core.add(picture, shift, out, new Mat(), opencv_core.CV_8UC3);
            return out;
        };
    }

    /**
     * Turns, scales and shifts a picture about its middle.
     *
     * @param shiftX over the picture's width
     * @param shiftY over the picture's height
     */
    public static Operation affine(double degrees, double scale, double shiftX, double shiftY) {
        return picture -> {
            if (degrees == 0 && scale == 1) {
                return Shift.of(picture, shiftX * picture.cols(), shiftY * picture.rows());
            }
            Mat matrix = opencv_imgproc.getRotationMatrix2D(
                    new Point2f(picture.cols() / 2f, picture.rows() / 2f), degrees, scale);
            try (DoubleIndexer index = matrix.createIndexer()) {
                index.put(0, 2, index.get(0, 2) + shiftX * picture.cols());
                index.put(1, 2, index.get(1, 2) + shiftY * picture.rows());
            }
            Mat out = new Mat();
            opencv_imgproc.warpAffine(
                    picture,
                    out,
                    matrix,
                    picture.size(),
                    opencv_imgproc.INTER_LINEAR,
                    opencv_core.BORDER_REPLICATE,
                    new Scalar());
            return out;
        };
    }

    /**
     * Bends a picture by a smooth random field.
     *
     * @param amplitude largest displacement over the picture's width
     * @param cells of the field along a side: more bend it finer
     */
    public static Operation elastic(double amplitude, int cells, long seed) {
        var bend = new Bend(amplitude, cells, seed);
        return picture -> {
            Mat out = new Mat();
            opencv_imgproc.remap(
                    picture,
                    out,
                    bend.map(picture.rows(), picture.cols()),
                    new Mat(),
                    opencv_imgproc.INTER_LINEAR,
                    opencv_core.BORDER_REPLICATE,
                    new Scalar());
            return out;
        };
    }

    /**
     * Does what a video codec does to a picture: it is transformed and quantised in blocks, and a filter in the loop smooths
     * the blocks' borders together with the texture that is left (List et al., IEEE TCSVT 2003).
     *
     * @param quality of a JPEG that quantises alike, 0 to 100
     * @param strength of the filter, in grey levels
     */
    public static Operation videoCodec(int quality, double strength) {
        return jpeg(quality).then(smooth(5, strength));
    }

    /** Blurs by two filters. On bytes, {@code GaussianBlur} takes two or three times as long, to round alike on every machine. */
    public static Mat gaussian(Mat picture, double sigmaPx) {
        int taps = (int) Math.round(6 * sigmaPx + 1) | 1;
        Mat weights = opencv_imgproc.getGaussianKernel(taps, sigmaPx, opencv_core.CV_32F);
        Mat out = new Mat();
        opencv_imgproc.sepFilter2D(picture, out, -1, weights, weights);
        return out;
    }

    private static double[] normal(int shares, int drawsEach) {
        double[] draws = DoubleStream.generate(new Random(1)::nextGaussian)
                .limit((long) shares * drawsEach)
                .sorted()
                .toArray();
        return IntStream.range(0, shares)
                .mapToDouble(i -> draws[i * drawsEach + drawsEach / 2])
                .toArray();
    }

    private static Mat number(double value) {
        return new Mat(1, 1, opencv_core.CV_64FC1, new Scalar(value));
    }
}
