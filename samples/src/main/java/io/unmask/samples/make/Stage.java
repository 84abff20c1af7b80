package io.unmask.samples.make;

/**
 * Where an actor stands and how it is lit. Positions in head units from the camera's axis.
 *
 * @param key direction towards the main light, of any length
 */
record Stage(double x, double y, double distance, double[] key, Rgb keyColour, Rgb fillColour) {

    /** A soft lamp at one side, the room's light from the other. */
    static Stage of(int seed, double x, double y, double distance) {
        double side = Noise.hash(seed, 200, 0, 0) < 0.5 ? -1 : 1;
        double[] key = {
            side * (0.35 + 0.45 * Noise.hash(seed, 201, 0, 0)), 0.55 + 0.35 * Noise.hash(seed, 202, 0, 0), 1.0
        };
        double warm = Noise.hash(seed, 203, 0, 0);
        Rgb keyColour =
                new Rgb(1.0, 0.93, 0.84).mix(new Rgb(0.92, 0.97, 1.0), warm).times(1.05);
        Rgb fillColour =
                new Rgb(0.86, 0.93, 1.0).mix(new Rgb(1.0, 0.95, 0.88), warm).times(0.34);
        return new Stage(x, y, distance, key, keyColour, fillColour);
    }
}
