package io.unmask.detector.serve;

import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.RgbFrame;
import java.time.Instant;

/**
 * A source's newest picture, scaled down.
 *
 * @param width of the picture before scaling, in whose pixels face boxes are measured
 */
public record Preview(Instant at, int width, int height, RgbFrame frame) {
    private static final int LONGER_SIDE = 480;

    static Preview of(Picture picture, Instant at) {
        int longer = Math.max(picture.width(), picture.height());
        int step = Math.max(1, (longer + LONGER_SIDE - 1) / LONGER_SIDE);
        int width = picture.width() / step;
        int height = picture.height() / step;
        Picture.Pixels pixels = picture.rgb(0, 0, picture.width(), picture.height());
        byte[] rgb = new byte[width * height * 3];
        for (int y = 0, to = 0; y < height; y++) {
            int from = pixels.bytes().position() + y * step * pixels.stride();
            for (int x = 0; x < width; x++, from += 3 * step, to += 3) {
                pixels.bytes().get(from, rgb, to, 3);
            }
        }
        return new Preview(at, picture.width(), picture.height(), new RgbFrame(width, height, rgb));
    }
}
