package io.unmask.samples.make;

import io.unmask.ingest.clip.RgbFrame;

/**
 * A cheap camera: soft lens, drifting exposure and white balance, slight shake, sensor noise. Thread-safe.
 *
 * @param seed the same seed is the same camera, noise included
 */
record Camera(int seed) {

    /** Displacement in pixels of the picture at a time: across, down. */
    double[] shake(double seconds) {
        return new double[] {
            1.1 * Noise.fractal(seed + 1, 1.3 * seconds, 0.5, 0.5, 3),
            1.1 * Noise.fractal(seed + 5, 1.3 * seconds, 0.5, 0.5, 3)
        };
    }

    /** What comes off the sensor for an oversampled picture. */
    RgbFrame film(LinearImage seen, int frame, double seconds) {
        LinearImage light = seen.blurred(SceneRenderer.OVERSAMPLING * (0.40 + 0.15 * Noise.hash(seed, 9, 0, 0)))
                .shrunk(SceneRenderer.OVERSAMPLING);
        double exposure = 1.0 + 0.06 * Noise.value(seed + 10, 0.5 * seconds, 0.5, 0.5);
        double warm =
                0.05 * (Noise.hash(seed, 11, 0, 0) - 0.5) + 0.015 * Noise.value(seed + 12, 0.4 * seconds, 0.5, 0.5);
        double[] gain = {exposure * (1 + warm), exposure, exposure * (1 - warm)};
        byte[] rgb = new byte[light.rgb().length];
        int width = light.width();
        for (int pixel = 0; pixel < width * light.height(); pixel++) {
            int x = pixel % width;
            int y = pixel / width;
            double grey = Noise.normal(seed + 13, x, y, frame);
            for (int c = 0; c < 3; c++) {
                double photons = light.rgb()[3 * pixel + c] * gain[c];
                double colour = Noise.normal(seed + 14 + c, x / 2, y / 2, frame);
                double noise = (0.8 * grey + 0.6 * colour) * Math.sqrt(4e-6 + 1.2e-4 * photons);
                rgb[3 * pixel + c] = (byte) Math.round(255 * tone(photons + noise));
            }
        }
        return new RgbFrame(width, light.height(), rgb);
    }

    /** Display gamma with a shoulder, so that highlights do not clip at once. */
    private static double tone(double light) {
        double held = light < 0.6 ? light : 0.6 + 0.4 * (1 - Math.exp(-(light - 0.6) / 0.4));
        return Math.pow(Math.max(0, Math.min(1, held)), 1 / 2.2);
    }
}
