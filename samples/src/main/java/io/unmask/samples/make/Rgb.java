package io.unmask.samples.make;

/** A colour in linear light, 0 to 1 and beyond. */
record Rgb(double r, double g, double b) {

    /** From 8-bit sRGB. */
    static Rgb srgb(int r, int g, int b) {
        return new Rgb(linear(r / 255.0), linear(g / 255.0), linear(b / 255.0));
    }

    Rgb times(double factor) {
        return new Rgb(r * factor, g * factor, b * factor);
    }

    Rgb times(Rgb other) {
        return new Rgb(r * other.r, g * other.g, b * other.b);
    }

    Rgb plus(Rgb other) {
        return new Rgb(r + other.r, g + other.g, b + other.b);
    }

    Rgb mix(Rgb other, double share) {
        return new Rgb(r + (other.r - r) * share, g + (other.g - g) * share, b + (other.b - b) * share);
    }

    private static double linear(double encoded) {
        return Math.pow(encoded, 2.2);
    }
}
