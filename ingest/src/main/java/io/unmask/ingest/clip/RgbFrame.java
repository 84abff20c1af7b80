package io.unmask.ingest.clip;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;

/**
 * A picture: rows from the top, pixels from the left, three unsigned bytes R, G, B a pixel, without padding (HWC).
 *
 * @param rgb {@code width * height * 3} bytes, handed over: nobody writes to it afterwards
 */
public record RgbFrame(int width, int height, byte[] rgb) implements Picture {
    public RgbFrame {
        if (width <= 0 || height <= 0) {
            throw new IllegalArgumentException("frame of " + width + "x" + height + ": both sides must be positive");
        }
        if (rgb.length != width * height * 3) {
            throw new IllegalArgumentException(
                    "frame of " + width + "x" + height + " needs " + width * height * 3 + " bytes, not " + rgb.length);
        }
    }

    /** A copy of a picture that Java's ImageIO read. */
    public static RgbFrame of(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
        byte[] rgb = new byte[3 * pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            rgb[3 * i] = (byte) (pixels[i] >> 16);
            rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
            rgb[3 * i + 2] = (byte) pixels[i];
        }
        return new RgbFrame(width, height, rgb);
    }

    /** A copy that Java's ImageIO can write. */
    public BufferedImage image() {
        int[] pixels = new int[width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
        }
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, width, height, pixels, 0, width);
        return image;
    }

    /** Weighted by ITU-R BT.601; made anew by each call. */
    @Override
    public Pixels luma() {
        byte[] luma = new byte[width * height];
        for (int i = 0, from = 0; i < luma.length; i++, from += 3) {
            int light = 77 * (rgb[from] & 255) + 150 * (rgb[from + 1] & 255) + 29 * (rgb[from + 2] & 255);
            luma[i] = (byte) (light >> 8);
        }
        return new Pixels(ByteBuffer.wrap(luma), width);
    }

    @Override
    public Pixels rgb(int left, int top, int partWidth, int partHeight) {
        byte[] part = new byte[partWidth * partHeight * 3];
        for (int row = 0; row < partHeight; row++) {
            System.arraycopy(rgb, ((top + row) * width + left) * 3, part, row * partWidth * 3, partWidth * 3);
        }
        return new Pixels(ByteBuffer.wrap(part), partWidth * 3);
    }
}
