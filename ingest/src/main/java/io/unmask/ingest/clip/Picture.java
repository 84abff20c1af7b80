package io.unmask.ingest.clip;

import java.nio.ByteBuffer;

/**
 * A sampled video picture, upright and with square pixels: its brightness is at hand, its colours are made for the part
 * that is asked for. Valid until its source is asked for the next one or closed; one thread.
 */
public interface Picture {
    int width();

    int height();

    /** The brightness, a byte a pixel, at the video's own levels: black may be 16. */
    Pixels luma();

    /** The colours R, G, B, three bytes a pixel, of a part that lies in the picture; valid until the next call. */
    Pixels rgb(int left, int top, int width, int height);

    /**
     * Rows of pixels from the top.
     *
     * @param bytes not the reader's; at the first row's first pixel
     * @param stride bytes from the start of a row to the start of the next
     */
    record Pixels(ByteBuffer bytes, int stride) {}

    /** A copy of all of it. */
    default RgbFrame copy() {
        byte[] rgb = new byte[width() * height() * 3];
        Pixels all = rgb(0, 0, width(), height());
        for (int y = 0; y < height(); y++) {
            all.bytes().get(all.bytes().position() + y * all.stride(), rgb, y * width() * 3, width() * 3);
        }
        return new RgbFrame(width(), height(), rgb);
    }
}
