package io.unmask.samples.make;

/** What is behind the actors: a wall, a window's light, a shelf of books; out of focus. */
final class Room {
    private static final double WORK_SCALE = 0.5;

    private Room() {}

    /** The room as a picture, larger than the frame by {@code margin} pixels at each side. */
    static LinearImage paint(int seed, int width, int height, int margin) {
        int w = (int) ((width + 2 * margin) * WORK_SCALE);
        int h = (int) ((height + 2 * margin) * WORK_SCALE);
        LinearImage sharp = new LinearImage(w, h);
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                sharp.set(y * w + x, colour(seed, x / (double) h, y / (double) h, w / (double) h));
            }
        }
        return sharp.blurred(h / 110.0);
    }

    /** The room's colour at a pixel of the frame that the room was painted for. */
    static Rgb sample(LinearImage room, double x, double y, int margin) {
        double rx = (x + margin) * WORK_SCALE;
        double ry = (y + margin) * WORK_SCALE;
        return new Rgb(room.sample(rx, ry, 0), room.sample(rx, ry, 1), room.sample(rx, ry, 2));
    }

    private static Rgb colour(int seed, double x, double y, double wide) {
        Rgb[] paints = {
            Rgb.srgb(176, 168, 154), Rgb.srgb(128, 142, 150), Rgb.srgb(160, 150, 128), Rgb.srgb(120, 130, 118)
        };
        Rgb wall = paints[(int) (Noise.hash(seed, 400, 0, 0) * paints.length)];
        wall = wall.times(1 + 0.10 * Noise.fractal(seed + 401, 5 * x, 5 * y, 0.5, 4));
        double lamp = Noise.hash(seed, 402, 0, 0) < 0.5 ? 0.1 : wide - 0.1;
        wall = wall.times(0.42 + 0.5 * Noise.bell(x - lamp, 0.8, y - 0.2, 0.7));
        double shelfLeft = lamp < 0.5 ? wide - 0.42 : -0.08;
        double into = x - shelfLeft;
        boolean shelf = into > 0 && into < 0.5 && y > 0.06 && y < 0.78;
        return shelf ? shelf(seed, into, y) : picture(seed, wall, x - lamp, y);
    }

    private static Rgb shelf(int seed, double x, double y) {
        double board = (y - 0.06) / 0.18;
        int row = (int) board;
        Rgb wood = Rgb.srgb(98, 70, 48).times(0.6 + 0.3 * Noise.value(seed + 403, 3 * x, 60 * y, 0.5));
        if (board - row < 0.1 || x < 0.015 || x > 0.485) {
            return wood;
        }
        int book = (int) Math.floor(x / 0.031 + Noise.hash(seed, 404, row, 0));
        double tall = 0.25 + 0.3 * Noise.hash(seed, 405, row, book);
        if (board - row < 0.1 + tall * 0.5) {
            return wood.times(0.25);
        }
        Rgb cover = new Rgb(
                0.04 + 0.3 * Noise.hash(seed, 406, row, book),
                0.04 + 0.22 * Noise.hash(seed, 407, row, book),
                0.04 + 0.22 * Noise.hash(seed, 408, row, book));
        return cover.times(0.35 + 0.25 * Math.min(1, 40 * Math.abs(Math.sin(Math.PI * x / 0.031))));
    }

    private static Rgb picture(int seed, Rgb wall, double x, double y) {
        double px = Math.abs(x - 0.28 + 0.5 * Noise.hash(seed, 409, 0, 0)) / 0.15;
        double py = Math.abs(y - 0.26) / 0.19;
        double rim = Math.max(px, py);
        if (rim > 1) {
            return wall;
        }
        return rim > 0.9
                ? Rgb.srgb(60, 50, 42).times(0.5)
                : Rgb.srgb(190, 176, 150).times(0.35 + 0.12 * Noise.fractal(seed + 410, 12 * x, 16 * y, 0.5, 3));
    }
}
