package io.unmask.detector.evidence;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * How much of each part of a face crop a model takes for forged.
 *
 * @param shares {@code [H][W]} in rows from the top, from 0 to 1
 */
record ForgedPlaces(float[][] shares) {
    private static final int RED = 0xff3000;
    private static final int MOST_OPAQUE = 170;
    /** A network is never quite sure of a part: from this share on a part is drawn as if it were. */
    private static final float SURE = 0.5f;

    /** A PNG with a pixel for each part, to be stretched over the crop: the more is forged, the less transparent. */
    String dataUri() {
        BufferedImage image = new BufferedImage(shares[0].length, shares.length, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < shares.length; y++) {
            for (int x = 0; x < shares[y].length; x++) {
                image.setRGB(x, y, Math.round(Math.min(1, shares[y][x] / SURE) * MOST_OPAQUE) << 24 | RED);
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
