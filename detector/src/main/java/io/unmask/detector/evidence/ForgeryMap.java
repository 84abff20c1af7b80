package io.unmask.detector.evidence;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A coarse map of where a model takes a face crop for forged.
 *
 * @param shares {@code [H][W]}, rows from the top: how much of each part of the crop looks forged, from 0 to 1
 */
record ForgeryMap(float[][] shares) {
    private static final int RED = 0xff3000;
    private static final int MAX_ALPHA = 170;
    /** Networks rarely come near 1, so a part is drawn in the strongest colour from this share on. */
    private static final float STRONGEST_SHARE = 0.5f;

    /** A PNG with one pixel a part, to be stretched over the crop. The more of a part looks forged, the more opaque is its red. */
    String dataUri() {
        BufferedImage image = new BufferedImage(shares[0].length, shares.length, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < shares.length; y++) {
            for (int x = 0; x < shares[y].length; x++) {
                image.setRGB(x, y, Math.round(Math.min(1, shares[y][x] / STRONGEST_SHARE) * MAX_ALPHA) << 24 | RED);
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
    }
}
