package io.unmask.samples.make;

import io.unmask.ingest.clip.RgbFrame;

/**
 * Puts one face's inner part onto another, frame by frame, the way swap tools do: align by landmarks, resample through a
 * small canvas, fit the colour roughly, blend under a soft mask. Thread-safe.
 *
 * @param seed of colour error and jitter
 */
record FaceSwap(int seed) {
    private static final int CANVAS = 48;
    private static final double SCALE = 35;
    private static final double CENTRE_Y = -0.22;

    /** The target's frame with the source's face; {@code index} is the frame's number. */
    RgbFrame apply(RgbFrame target, Landmarks targetFace, RgbFrame source, Landmarks sourceFace, int index) {
        Landmarks shaken = jitter(targetFace, index);
        Landmarks template = template();
        LinearImage canvas = align(source, Affine.fit(template, sourceFace));
        fitColour(canvas, align(target, Affine.fit(template, shaken)));
        return blend(target, canvas.blurred(1.2), Affine.fit(shaken, template));
    }

    /** A landmark detector's errors: one of each point, anew in each frame, and one of the whole face, which drifts. */
    private Landmarks jitter(Landmarks face, int index) {
        double[] x = face.x().clone();
        double[] y = face.y().clone();
        for (int i = 0; i < x.length; i++) {
            x[i] += 0.8 * Noise.normal(seed, i, 0, index) + 0.9 * Noise.value(seed + 1, 0.35 * index, 0.5, 0.5);
            y[i] += 0.8 * Noise.normal(seed, i, 1, index) + 0.9 * Noise.value(seed + 2, 0.35 * index, 0.5, 0.5);
        }
        return new Landmarks(x, y);
    }

    private static Landmarks template() {
        int points = Landmarks.PLACES.length;
        double[] x = new double[points];
        double[] y = new double[points];
        for (int i = 0; i < points; i++) {
            x[i] = CANVAS / 2.0 + SCALE * Landmarks.PLACES[i][0];
            y[i] = CANVAS / 2.0 - SCALE * (Landmarks.PLACES[i][1] - CENTRE_Y);
        }
        return new Landmarks(x, y);
    }

    private static LinearImage align(RgbFrame frame, Affine toFrame) {
        LinearImage whole = encodedValues(frame);
        LinearImage canvas = new LinearImage(CANVAS, CANVAS);
        for (int pixel = 0; pixel < CANVAS * CANVAS; pixel++) {
            double x = pixel % CANVAS + 0.5;
            double y = Math.floorDiv(pixel, CANVAS) + 0.5;
            for (int c = 0; c < 3; c++) {
                canvas.rgb()[3 * pixel + c] = (float) whole.sample(toFrame.x(x, y), toFrame.y(x, y), c);
            }
        }
        return canvas;
    }

    /**
     * Moves mean and spread most of the way to the target's (Reinhard et al., 2001), but for an error that is the same in all
     * frames.
     */
    private void fitColour(LinearImage canvas, LinearImage target) {
        for (int c = 0; c < 3; c++) {
            double[] have = statistics(canvas, c);
            double[] want = statistics(target, c);
            double mean = have[0] + 0.85 * (want[0] - have[0]) + 7 * (Noise.hash(seed, 3, c, 0) - 0.5);
            double gain = 1 + 0.7 * (want[1] / have[1] - 1);
            for (int at = c; at < canvas.rgb().length; at += 3) {
                canvas.rgb()[at] = (float) (mean + gain * (canvas.rgb()[at] - have[0]));
            }
        }
    }

    private static double[] statistics(LinearImage canvas, int channel) {
        double sum = 0;
        double squares = 0;
        double weight = 0;
        for (int pixel = 0; pixel < CANVAS * CANVAS; pixel++) {
            double inside = mask(pixel % CANVAS + 0.5, Math.floorDiv(pixel, CANVAS) + 0.5);
            double value = canvas.rgb()[3 * pixel + channel];
            sum += inside * value;
            squares += inside * value * value;
            weight += inside;
        }
        double mean = sum / weight;
        return new double[] {mean, Math.sqrt(Math.max(1, squares / weight - mean * mean))};
    }

    private static RgbFrame blend(RgbFrame target, LinearImage canvas, Affine toCanvas) {
        byte[] rgb = target.rgb().clone();
        for (int pixel = 0; pixel < rgb.length / 3; pixel++) {
            double px = pixel % target.width() + 0.5;
            double py = Math.floorDiv(pixel, target.width()) + 0.5;
            double x = toCanvas.x(px, py);
            double y = toCanvas.y(px, py);
            double share = mask(x, y);
            for (int c = 0; c < 3 && share > 0; c++) {
                double own = rgb[3 * pixel + c] & 0xFF;
                double value = own + share * (canvas.sample(x, y, c) - own);
                rgb[3 * pixel + c] = (byte) Math.max(0, Math.min(255, Math.round(value)));
            }
        }
        return new RgbFrame(target.width(), target.height(), rgb);
    }

    /**
     * Share of the swapped face at a place of the canvas: 1 from the brows to the chin and between the cheeks, 0 outside, soft
     * between.
     */
    private static double mask(double x, double y) {
        double across = (x - CANVAS / 2.0) / (0.56 * SCALE);
        double down = (y - CANVAS / 2.0) / (0.66 * SCALE);
        double narrow = down > 0 ? 1 + 0.25 * down * down : 1;
        return Noise.step(
                1.0, 0.78, Math.pow(Math.pow(Math.abs(across * narrow), 3) + Math.pow(Math.abs(down), 3), 1 / 3.0));
    }

    /** The frame's values of 0 to 255 as they are encoded: swap tools compute with these, and not in linear light. */
    private static LinearImage encodedValues(RgbFrame frame) {
        float[] values = new float[frame.rgb().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = frame.rgb()[i] & 0xFF;
        }
        return new LinearImage(frame.width(), frame.height(), values);
    }
}
