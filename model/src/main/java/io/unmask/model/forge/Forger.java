package io.unmask.model.forge;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.image.Operation;
import io.unmask.model.image.Operations;
import io.unmask.model.image.Pictures;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * Makes a forgery of an authentic face: a changed copy of it, blended into it under a soft mask. It teaches a network
 * the traces that every swap leaves, whatever tool made it (Shiohara and Yamasaki, CVPR 2022). Parameters drift from
 * frame to frame, as a tool's do that works frame by frame. Thread-safe.
 */
public final class Forger {
    private static final double[] OPACITIES = {0.5, 0.75, 1, 1, 1};

    /**
     * Forges a clip.
     *
     * @param crops square, of one size, the face in the middle
     * @param margin side of the crops over the side of a crop at serving
     */
    public Forgery forge(List<RgbFrame> crops, double margin, long seed) {
        var random = new SplittableRandom(seed);
        boolean whole = random.nextInt(5) < 2;
        var generated = generated(random);
        return forge(crops, margin, whole ? rendered(generated, random) : swapped(generated, random), random);
    }

    private static Forgery forge(List<RgbFrame> crops, double margin, Recipe recipe, SplittableRandom random) {
        double wander = random.nextDouble(0, 0.02);
        double tremble = crops.size() > 1 && random.nextInt(3) == 0 ? random.nextDouble(0.002, 0.01) : 0;
        var out = new ArrayList<RgbFrame>(crops.size());
        var masks = new ArrayList<RgbFrame>(crops.size());
        double driftX = 0;
        double driftY = 0;
        try (var scope = new PointerScope()) {
            var originals = crops.stream().map(Pictures::mat).toList();
            for (int i = 0; i < crops.size(); i++) {
                Mat changed = recipe.change().apply(originals.get(i));
                if (tremble > 0) {
                    changed = Operations.affine(0, 1, random.nextGaussian() * tremble, random.nextGaussian() * tremble)
                            .apply(changed);
                }
                var mask = recipe.mask().shifted(driftX, driftY);
                Mat alpha = recipe.alpha(mask, changed.cols(), margin);
                out.add(Pictures.frame(blend(originals.get(i), changed, alpha)));
                masks.add(grey(alpha));
                driftX += random.nextGaussian() * wander / 2;
                driftY += random.nextGaussian() * wander / 2;
            }
        }
        return new Forgery(out, masks);
    }

    private static RgbFrame grey(Mat alpha) {
        Mat bytes = new Mat();
        alpha.convertTo(bytes, opencv_core.CV_8U, 255, 0);
        Mat grey = new Mat();
        opencv_imgproc.cvtColor(bytes, grey, opencv_imgproc.COLOR_GRAY2RGB);
        return Pictures.frame(grey);
    }

    /**
     * A forged clip.
     *
     * @param frames as many as were given, of their size
     * @param masks as many, of their size: grey, the lighter the more of a pixel is from the forgery
     */
    public record Forgery(List<RgbFrame> frames, List<RgbFrame> masks) {}

    /**
     * One forgery.
     *
     * @param outside whether the changed copy is around the mask instead of in it
     */
    private record Recipe(Operation change, BlendMask mask, double opacity, boolean outside) {

        /** How much of each pixel is from the changed copy: float {@code [side,side]}. */
        Mat alpha(BlendMask moved, int sidePx, double margin) {
            Mat inside = moved.paint(sidePx, margin, opacity);
            return outside ? opencv_core.subtract(new Scalar(1.0), inside).asMat() : inside;
        }
    }

    /** A part of the face from elsewhere: its colours, its texture or its place differ, and by chance several of them. */
    private static Recipe swapped(Operation generated, SplittableRandom random) {
        var mask = BlendMask.random(random);
        double opacity = OPACITIES[random.nextInt(OPACITIES.length)];
        var drawn = new ArrayList<Operation>();
        while (drawn.isEmpty()) {
            if (random.nextInt(2) == 0) {
                drawn.add(colour(random));
            }
            if (random.nextInt(2) == 0) {
                drawn.add(texture(generated, random));
            }
            if (random.nextInt(2) == 0) {
                drawn.add(place(random));
            }
        }
        var change = drawn.stream().reduce(Operation::then).orElseThrow();
        return new Recipe(change, mask, opacity, random.nextInt(4) == 0);
    }

    /** The whole head out of a generator, as of a talking portrait: bent, without pores, with the generator's traces. */
    private static Recipe rendered(Operation generated, SplittableRandom random) {
        var drawn = new ArrayList<Operation>();
        if (random.nextInt(3) > 0) {
            drawn.add(Operations.elastic(random.nextDouble(0.01, 0.04), random.nextInt(3, 7), random.nextLong()));
        }
        if (random.nextInt(3) == 0) {
            drawn.add(Operations.smooth(random.nextInt(5, 8), random.nextDouble(15, 50)));
        }
        drawn.add(generated);
        if (random.nextInt(3) == 0) {
            drawn.add(Operations.sharpen(random.nextDouble(0.3, 1.5)));
        }
        var change = drawn.stream().reduce(Operation::then).orElseThrow();
        var region = random.nextInt(3) == 0 ? BlendMask.Region.HEAD : BlendMask.Region.WHOLE;
        return new Recipe(change, BlendMask.random(region, random), 1, false);
    }

    /** What the last layer of a generator leaves, imitated by a filter. */
    private static Operation generated(SplittableRandom random) {
        return UpConvolution.of(random.nextDouble(0.02, 0.15), random.nextLong());
    }

    private static Operation colour(SplittableRandom random) {
        return switch (random.nextInt(3)) {
            case 0 ->
                Operations.shiftChannels(
                        random.nextDouble(-10, 10), random.nextDouble(-10, 10), random.nextDouble(-10, 10));
            case 1 ->
                Operations.tint(random.nextDouble(-12, 12), random.nextDouble(0.7, 1.3), random.nextDouble(-8, 8));
            default ->
                Operations.tone(random.nextDouble(0.8, 1.2), random.nextDouble(-20, 20), random.nextDouble(0.85, 1.2));
        };
    }

    private static Operation texture(Operation generated, SplittableRandom random) {
        return switch (random.nextInt(7)) {
            case 0 -> Operations.sharpen(random.nextDouble(0.4, 1.5));
            case 1 -> Operations.blur(random.nextDouble(0.6, 2));
            case 2 -> Operations.smooth(random.nextInt(5, 8), random.nextDouble(20, 60));
            case 3, 4 -> generated;
            default ->
                Operations.resample(
                        random.nextDouble(0.25, 0.8),
                        Operations.interpolation(random),
                        Operations.interpolation(random));
        };
    }

    private static Operation place(SplittableRandom random) {
        var affine = Operations.affine(
                random.nextDouble(-3, 3),
                random.nextDouble(0.95, 1.05),
                random.nextDouble(-0.025, 0.025),
                random.nextDouble(-0.025, 0.025));
        return random.nextBoolean()
                ? affine
                : affine.then(
                        Operations.elastic(random.nextDouble(0.008, 0.03), random.nextInt(4, 8), random.nextLong()));
    }

    /** {@code inside} where alpha is 1, {@code outside} where it is 0; alpha is float {@code [H,W]}. */
    static Mat blend(Mat outside, Mat inside, Mat alpha) {
        Mat beta = new Mat();
        opencv_core.subtract(new Mat(alpha.size(), alpha.type(), new Scalar(1.0)), alpha, beta);
        Mat out = new Mat();
        opencv_imgproc.blendLinear(inside, outside, alpha, beta, out);
        return out;
    }
}
