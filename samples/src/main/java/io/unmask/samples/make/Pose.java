package io.unmask.samples.make;

/**
 * A head at one moment.
 *
 * @param yaw radians, positive to the picture's right
 * @param pitch radians, positive upwards
 * @param roll radians, positive clockwise
 * @param x position in head units from the clip's centre
 * @param y position in head units, upwards
 */
record Pose(double yaw, double pitch, double roll, double x, double y, Expression expression) {

    /**
     * @param jaw 0 (closed) to about 0.3 head units
     * @param round lips drawn together, 0 to 1
     * @param smile -1 to 1
     * @param brow raised, -1 to 1
     * @param blink 0 (open) to 1 (closed)
     * @param gazeX -1 to 1
     * @param gazeY -1 to 1
     */
    record Expression(double jaw, double round, double smile, double brow, double blink, double gazeX, double gazeY) {}

    /** Somebody talking to the camera at a moment; the same seed is the same talk. */
    static Pose talking(int seed, double seconds) {
        double speech = Noise.step(-0.55, -0.1, drift(seed + 20, seconds * 0.8));
        double syllable = 0.5 + 0.5 * Math.sin(2 * Math.PI * (4.3 * seconds + 0.6 * drift(seed + 21, seconds * 1.7)));
        double loud = 0.55 + 0.45 * drift(seed + 22, seconds * 2.6);
        double jaw = 0.26 * speech * syllable * loud;
        Expression expression = new Expression(
                jaw,
                Math.max(0, drift(seed + 23, seconds * 3.1)) * speech,
                drift(seed + 24, seconds * 0.7),
                drift(seed + 25, seconds * 0.9),
                blink(seed, seconds),
                saccade(seed + 26, seconds),
                0.5 * saccade(seed + 27, seconds));
        return new Pose(
                0.20 * drift(seed + 28, seconds * 0.55),
                0.07 * drift(seed + 29, seconds * 0.6) + 0.12 * (jaw - 0.1),
                0.08 * drift(seed + 30, seconds * 0.45),
                0.16 * drift(seed + 31, seconds * 0.4),
                0.08 * drift(seed + 32, seconds * 0.5),
                expression);
    }

    private static double drift(int seed, double t) {
        return Noise.value(seed, t, 0.5, 0.5) * 0.8 + 0.3 * Noise.value(seed, 2.7 * t, 7.5, 0.5);
    }

    /** One blink of 0.28 s somewhere in every 2.4 s. */
    private static double blink(int seed, double seconds) {
        int period = (int) Math.floor(seconds / 2.4);
        double since = seconds - 2.4 * period - 2.1 * Noise.hash(seed, 33, period, 0);
        return since < 0 || since > 0.28 ? 0 : Noise.step(0, 0.08, since) * Noise.step(0.28, 0.13, since);
    }

    private static double saccade(int seed, double seconds) {
        int period = (int) Math.floor(seconds / 0.7);
        double before = 2 * Noise.hash(seed, period - 1, 0, 0) - 1;
        double after = 2 * Noise.hash(seed, period, 0, 0) - 1;
        return 0.7 * (before + (after - before) * Noise.step(0, 0.05, seconds - 0.7 * period));
    }
}
