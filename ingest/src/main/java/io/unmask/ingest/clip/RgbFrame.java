package io.unmask.ingest.clip;

/**
 * A picture: rows from the top, pixels from the left, three unsigned bytes R, G, B a pixel, without padding (HWC).
 *
 * @param rgb {@code width * height * 3} bytes, handed over: nobody writes to it afterwards
 */
public record RgbFrame(int width, int height, byte[] rgb) {
    public RgbFrame {
        if (width <= 0 || height <= 0) {
            throw new IllegalArgumentException("frame of " + width + "x" + height + ": both sides must be positive");
        }
        if (rgb.length != width * height * 3) {
            throw new IllegalArgumentException(
                    "frame of " + width + "x" + height + " needs " + width * height * 3 + " bytes, not " + rgb.length);
        }
    }
}
