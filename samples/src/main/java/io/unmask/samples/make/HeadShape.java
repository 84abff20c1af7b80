package io.unmask.samples.make;

import io.unmask.samples.make.Identity.Face;

/**
 * The head's surface at rest: a ring profile with brow, sockets, nose, cheeks, lips and chin set upon it. Columns run
 * around the head from the back, rows from the crown down; two rows part the lips, so that a mouth can open there.
 */
final class HeadShape {
    static final int COLUMNS = 241;
    static final int ROWS = 221;
    static final double EYE_X = 0.32;
    static final double EYE_Y = 0.08;
    static final double MOUTH_Y = -0.56;
    static final double MOUTH_HALF = 0.25;

    /** Half the distance of the two rows that part the lips. */
    static final double SLIT = 0.004;

    private static final double[] LEVEL = {-1.25, -1.0, -0.8, -0.6, -0.3, 0, 0.3, 0.6, 0.9, 1.3};
    private static final double[] WIDTH = {0.50, 0.57, 0.65, 0.69, 0.73, 0.765, 0.79, 0.80, 0.80, 0.78};
    private static final double[] FRONT = {1.00, 1.06, 0.93, 0.87, 0.84, 0.84, 0.88, 0.91, 0.92, 0.90};
    private static final double[] BACK = {0.20, 0.30, 0.45, 0.60, 0.78, 0.93, 1.0, 1.03, 1.0, 0.95};

    private final Identity identity;
    private final double[] rowAngle = new double[ROWS];

    HeadShape(Identity identity) {
        this.identity = identity;
        for (int row = 0; row < ROWS; row++) {
            rowAngle[row] = Math.PI * (0.5 - row / (double) (ROWS - 1));
        }
        int below = 0;
        while (level(rowAngle[below]) >= MOUTH_Y) {
            below++;
        }
        rowAngle[below - 1] = Math.asin((MOUTH_Y + SLIT - 0.035) / 1.215);
        rowAngle[below] = Math.asin((MOUTH_Y - SLIT - 0.035) / 1.215);
    }

    Identity identity() {
        return identity;
    }

    /** Longitude of a column, which may lie between two: 0 in front, dense there. */
    static double longitude(double column) {
        double q = 2 * column / (COLUMNS - 1) - 1;
        return Math.PI * (0.5 * q + 0.5 * q * q * q);
    }

    /** Latitude of a row, which may lie between two. */
    double latitude(double row) {
        int above = (int) Math.min(ROWS - 2, row);
        return rowAngle[above] + (rowAngle[above + 1] - rowAngle[above]) * (row - above);
    }

    /** Height of a latitude in head units, eyes near 0. */
    static double level(double latitude) {
        return 0.035 + 1.215 * Math.sin(latitude);
    }

    /** The surface without hair at a longitude and latitude: x, y, z. */
    double[] skin(double longitude, double latitude) {
        Face face = identity.face();
        double y = level(latitude);
        double ring = Math.cos(latitude);
        double low = Noise.step(0.1, -0.3, y);
        double full = 1 - 0.25 * low - 0.3 * Noise.step(0.1, 0.8, y);
        double sideways = Math.pow(ring, full) * profile(WIDTH, y) * face.width();
        double jawline = Noise.step(-0.3, -0.9, y);
        sideways *= 1 + (face.jaw() - 1) * jawline;
        double front = Math.pow(ring, full - 0.2 * low) * profile(FRONT, y);
        double back = Math.pow(ring, full) * profile(BACK, y);
        double cosine = Math.cos(longitude);
        double x = sideways * Math.sin(longitude);
        double z = cosine > 0 ? front * cosine : back * cosine;
        double facing = Noise.step(0.05, 0.45, cosine);
        return new double[] {x, y, z + facing * relief(x / face.width(), y)};
    }

    /** Hair's height over the skin at a longitude and latitude, 0 where none grows. */
    double hair(double longitude, double latitude) {
        double strands = Noise.value(identity.seed() + 40, longitude * 60, latitude * 4, 0.5);
        double locks = Noise.value(identity.seed() + 41, longitude * 7, latitude * 3, 0.5);
        double height = identity.hair().volume() * (0.85 + 0.25 * locks + 0.10 * strands);
        return height * cover(longitude, latitude, 0.30);
    }

    /** 1 where hair grows, 0 on bare skin, soft at the hairline. */
    double hairCover(double longitude, double latitude) {
        return cover(longitude, latitude, 0.13);
    }

    private double cover(double longitude, double latitude, double softness) {
        double turn = Math.abs(longitude);
        double temple = Noise.step(0.55, 1.05, turn);
        double behind = Noise.step(1.55, 1.95, turn);
        double line = identity.hair().line() + 0.05 * Noise.value(identity.seed() + 42, longitude * 4, 0.5, 0.5);
        double side = Math.max(-0.05, identity.hair().sides());
        double edge = line + (side + 0.28 - line) * temple * temple + (-0.75 - side - 0.28) * behind;
        double strands = Noise.value(identity.seed() + 43, longitude * 45, 0.5, 0.5);
        edge += 0.04 * strands * Noise.step(1.5, 1.1, turn);
        return Noise.step(edge - 0.03, edge - 0.03 + softness, level(latitude));
    }

    private double relief(double x, double y) {
        double ax = Math.abs(x);
        double sum = 0.05 * Noise.bell(ax - 0.27, 0.20, y - 0.27, 0.07);
        sum -= 0.11 * Noise.bell(ax - EYE_X + 0.02, 0.15, y - EYE_Y, 0.11);
        sum += 0.075 * Noise.bell(ax - EYE_X, 0.12, y - EYE_Y, 0.085);
        sum += 0.05 * Noise.bell(ax - 0.46, 0.17, y + 0.16, 0.14);
        sum -= 0.03 * Noise.bell(ax - 0.50, 0.13, y + 0.55, 0.18);
        sum -= 0.018 * Noise.bell(ax - (0.20 - 0.45 * (y + 0.38)), 0.03, y + 0.42, 0.11);
        return sum + nose(x, y) + mouth(x, y);
    }

    private double nose(double x, double y) {
        Face face = identity.face();
        double tip = -0.26 * face.noseLength();
        double along = Noise.step(0.20, tip, y);
        double under = Noise.step(tip - 0.13, tip - 0.015, y);
        double half = (0.055 + 0.035 * along) * face.noseWidth();
        double sum = (0.035 + 0.25 * Math.pow(along, 1.2)) * under * Noise.step(0.34, 0.14, y) * Noise.bell(x, half);
        sum += 0.045 * Noise.bell(x, 0.075 * face.noseWidth(), y - tip - 0.02, 0.06);
        double wing = Math.abs(x) - 0.115 * face.noseWidth();
        return sum + 0.10 * Noise.bell(wing, 0.045, y - tip + 0.05, 0.05) * under;
    }

    private double mouth(double x, double y) {
        double lips = identity.face().lips();
        double across = Noise.step(MOUTH_HALF + 0.05, MOUTH_HALF * 0.4, Math.abs(x));
        double sum = 0.075 * Noise.bell(x, 0.27, y - MOUTH_Y, 0.22);
        double over = y - MOUTH_Y;
        sum += 0.045 * lips * across * Noise.bell(over - 0.035, 0.028);
        sum += 0.055 * lips * across * Noise.bell(over + 0.055, 0.036);
        sum -= 0.030 * Noise.bell(over, 0.013) * across;
        sum -= 0.015 * Noise.bell(x, 0.03, over - 0.13, 0.05);
        sum -= 0.055 * Noise.bell(x, 0.20, over + 0.20, 0.055);
        return sum + 0.07 * Noise.bell(x, 0.17, over + 0.37, 0.12);
    }

    private static double profile(double[] values, double y) {
        int i = 0;
        while (i < LEVEL.length - 2 && LEVEL[i + 1] < y) {
            i++;
        }
        double t = Math.max(0, Math.min(1, (y - LEVEL[i]) / (LEVEL[i + 1] - LEVEL[i])));
        double before = values[Math.max(0, i - 1)];
        double after = values[Math.min(values.length - 1, i + 2)];
        double a = values[i];
        double b = values[i + 1];
        return a
                + 0.5
                        * t
                        * (b - before + t * (2 * before - 5 * a + 4 * b - after + t * (3 * (a - b) + after - before)));
    }
}
