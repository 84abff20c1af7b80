package io.unmask.ingest.face;

import io.unmask.ingest.clip.RgbFrame;
import java.util.Arrays;
import java.util.Random;

/** Pictures of 320 by 240 that look different everywhere, and can be moved. */
final class Scenes {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 240;
    private static final double SPOT_PX = 12;

    private Scenes() {}

    /** One scene, moved by so many pixels to the right and down. */
    static RgbFrame at(int right, int down) {
        return spots(right, down, 1);
    }

    static RgbFrame other() {
        return spots(0, 0, 2);
    }

    static RgbFrame plain() {
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        Arrays.fill(rgb, (byte) 90);
        return new RgbFrame(WIDTH, HEIGHT, rgb);
    }

    /** Grey spots between which the light changes evenly. */
    private static RgbFrame spots(int right, int down, long seed) {
        double[][] lights = new double[80][80];
        Random random = new Random(seed);
        for (double[] row : lights) {
            Arrays.setAll(row, n -> 40 + random.nextInt(176));
        }
        byte[] rgb = new byte[WIDTH * HEIGHT * 3];
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
            double x = (i % WIDTH - right + 100) / SPOT_PX;
            double y = (i / WIDTH - down + 100) / SPOT_PX;
            double upper = between(lights[(int) y][(int) x], lights[(int) y][(int) x + 1], x % 1);
            double lower = between(lights[(int) y + 1][(int) x], lights[(int) y + 1][(int) x + 1], x % 1);
            Arrays.fill(rgb, 3 * i, 3 * i + 3, (byte) between(upper, lower, y % 1));
        }
        return new RgbFrame(WIDTH, HEIGHT, rgb);
    }

    private static double between(double one, double other, double part) {
        return one + part * (other - one);
    }
}
