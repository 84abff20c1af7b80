package io.unmask.model.forge;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.image.Framing;
import io.unmask.model.image.Operation;
import io.unmask.model.image.Operations;
import io.unmask.model.image.Pictures;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Films a face again: framing, light, lens, sensor and codec, drawn once a clip so that time stays smooth. The same seed
 * gives the same camera, so that an authentic face and its forgery go through one and the same. Thread-safe.
 *
 * @param sizePx side of the resulting pictures
 * @param jitter how far the framing may vary, as a share of the picture's side
 * @param strength how often a disturbance happens, from 0 (never) to 1
 */
public record Augmenter(int sizePx, double jitter, double strength) {
    /** The least side at which a face is filmed: smaller ones are enlarged by whoever shows them. */
    private static final int LEAST_PX = 48;

    private static final int[] PASSES = {1, 1, 1, 2, 2, 3};

    /** The largest side at which a face is filmed. */
    public int mostPx() {
        return sizePx * 5 / 4;
    }

    /**
     * @param crops square, of one size
     * @param margin side of the crops over the side of a crop at serving
     * @param detailPx the face is shown no larger than this before it is disturbed: the smaller of a pair's, so that
     *     size tells nothing
     * @return as many, each {@code sizePx} wide
     */
    public List<RgbFrame> film(List<RgbFrame> crops, double margin, double detailPx, long seed) {
        var random = new SplittableRandom(seed);
        var framing = Framing.random(random, margin, jitter);
        int drawn = random.nextInt(sizePx * 3 / 4, mostPx() + 1);
        int facePx = (int) Math.max(LEAST_PX, Math.min(drawn, detailPx));
        boolean fine = random.nextBoolean();
        var disturbances = draw(random);
        var out = new ArrayList<RgbFrame>(crops.size());
        for (var crop : crops) {
            try (var scope = new PointerScope()) {
                Mat picture = atMost(facePx, framing.window(Pictures.mat(crop)), fine);
                for (var disturbance : disturbances) {
                    picture = disturbance.apply(picture);
                }
                out.add(Pictures.frame(Pictures.scaled(picture, sizePx)));
            }
        }
        return out;
    }

    /**
     * How much of each place of the filmed faces is white in their masks.
     *
     * @param masks of crops that {@link #film} films by the same margin and seed
     * @param places in a row, and rows
     * @return one a mask, in rows, from 0 to 1
     */
    public List<float[]> shares(List<RgbFrame> masks, double margin, long seed, int places) {
        var framing = Framing.random(new SplittableRandom(seed), margin, jitter);
        var out = new ArrayList<float[]>(masks.size());
        for (var mask : masks) {
            try (var scope = new PointerScope()) {
                byte[] rgb = Pictures.frame(Pictures.resized(framing.window(Pictures.mat(mask)), places, places))
                        .rgb();
                float[] shares = new float[places * places];
                for (int i = 0; i < shares.length; i++) {
                    shares[i] = (rgb[3 * i] & 0xff) / 255f;
                }
                out.add(shares);
            }
        }
        return out;
    }

    /**
     * Shrinks the face to the size at which the camera sees it. That also makes the disturbances that follow cheaper.
     *
     * @param fine whether the camera's scaler averages all pixels, or only the nearest four
     */
    private static Mat atMost(int sidePx, Mat picture, boolean fine) {
        if (picture.cols() <= sidePx) {
            return picture;
        }
        return fine || picture.cols() > 2 * sidePx
                ? Pictures.resized(picture, sidePx, sidePx)
                : Pictures.interpolated(picture, sidePx);
    }

    /** Draws disturbances, in the order in which they happen to light on its way to a file. */
    private List<Operation> draw(SplittableRandom random) {
        var drawn = new ArrayList<Operation>();
        if (random.nextInt(4) == 0) {
            return drawn; // a good camera, a good codec: what most files are
        }
        if (happens(random, 0.6)) {
            drawn.add(Operations.tone(
                    random.nextDouble(0.6, 1.4), random.nextDouble(-30, 30), random.nextDouble(0.7, 1.4)));
        }
        if (happens(random, 0.5)) {
            drawn.add(
                    Operations.tint(random.nextDouble(-8, 8), random.nextDouble(0.6, 1.4), random.nextDouble(-12, 12)));
        }
        if (happens(random, 0.25)) {
            drawn.add(Operations.blur(random.nextDouble(0.4, 1.8)));
        }
        if (happens(random, 0.1)) {
            drawn.add(Operations.motionBlur(random.nextInt(3, 8), random.nextDouble(0, 180)));
        }
        if (happens(random, 0.5)) {
            drawn.add(Operations.resample(
                    random.nextDouble(0.3, 1), Operations.interpolation(random), Operations.interpolation(random)));
        }
        if (happens(random, 0.3)) {
            drawn.add(Operations.noise(random.nextDouble(1, 9), random.nextLong()));
        }
        if (happens(random, 0.08)) {
            drawn.add(Operations.smooth(5, random.nextDouble(10, 35))); // a telephone's denoiser, a beauty filter
        }
        if (happens(random, 0.15)) {
            drawn.add(Operations.sharpen(random.nextDouble(0.3, 1.2)));
        }
        addCodecs(random, drawn);
        if (happens(random, 0.1)) {
            drawn.add(Operations.grey());
        }
        return drawn;
    }

    /** One to three encodings, with another size in between: what a platform and those who share its files do. */
    private void addCodecs(SplittableRandom random, List<Operation> drawn) {
        if (!happens(random, 0.7)) {
            return;
        }
        int passes = PASSES[random.nextInt(PASSES.length)];
        for (int pass = 0; pass < passes; pass++) {
            if (pass > 0 && random.nextBoolean()) {
                drawn.add(Operations.resample(
                        random.nextDouble(0.5, 1), Operations.interpolation(random), Operations.interpolation(random)));
            }
            boolean video = random.nextInt(3) == 0;
            drawn.add(
                    video
                            ? Operations.videoCodec(random.nextInt(15, 70), random.nextDouble(6, 20))
                            : Operations.jpeg(random.nextInt(30, 96)));
        }
    }

    private boolean happens(SplittableRandom random, double share) {
        return random.nextDouble() < share * strength;
    }
}
