package io.unmask.detector.evidence;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/**
 * How much of each part of a face crop a model takes for forged.
 *
 * @param shares {@code [H][W]} in rows from the top, from 0 to 1
 */
record ForgedPlaces(float[][] shares) {
    private static final int RED = 0xff3000;
    private static final int MOST_OPAQUE = 170;

    /** A PNG with a pixel for each part, to be stretched over the crop: the more is forged, the less transparent. */
    String dataUri() {
        BufferedImage image = new BufferedImage(shares[0].length, shares.length, BufferedImage.TYPE_INT_ARGB);
        for (int y = 0; y < shares.length; y++) {
            for (int x = 0; x < shares[y].length; x++) {
                image.setRGB(x, y, Math.round(shares[y][x] * MOST_OPAQUE) << 24 | RED);
            }
        }
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", png);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png.toByteArray());
    }
}
