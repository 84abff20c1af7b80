package io.unmask.detector.evidence;

import io.unmask.ingest.clip.RgbFrame;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A judged face crop as a picture file.
 *
 * @param timeMicros presentation time since the source's start
 * @param pFake the frame's own score; absent when it was not scored
 * @param jpeg handed over: nobody writes to it afterwards
 * @param forged where it is forged, when that was found out
 */
public record Snapshot(long timeMicros, OptionalDouble pFake, byte[] jpeg, Optional<ForgedPlaces> forged) {
    public static final String MEDIA_TYPE = "image/jpeg";
    private static final float JPEG_QUALITY = 0.9f;

    static Snapshot of(long timeMicros, OptionalDouble pFake, RgbFrame crop) {
        return new Snapshot(timeMicros, pFake, jpeg(crop), Optional.empty());
    }

    Snapshot with(ForgedPlaces places) {
        return new Snapshot(timeMicros, pFake, jpeg, Optional.of(places));
    }

    /** The picture as it is shown. */
    RgbFrame crop() {
        try {
            BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
            int[] pixels = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
            byte[] rgb = new byte[3 * pixels.length];
            for (int i = 0; i < pixels.length; i++) {
                rgb[3 * i] = (byte) (pixels[i] >> 16);
                rgb[3 * i + 1] = (byte) (pixels[i] >> 8);
                rgb[3 * i + 2] = (byte) pixels[i];
            }
            return new RgbFrame(image.getWidth(), image.getHeight(), rgb);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String dataUri() {
        return "data:" + MEDIA_TYPE + ";base64," + Base64.getEncoder().encodeToString(jpeg);
    }

    private static byte[] jpeg(RgbFrame crop) {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam quality = writer.getDefaultWriteParam();
            quality.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            quality.setCompressionQuality(JPEG_QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image(crop), null, null), quality);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static BufferedImage image(RgbFrame crop) {
        BufferedImage image = new BufferedImage(crop.width(), crop.height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = crop.rgb();
        int[] pixels = new int[crop.width() * crop.height()];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
        }
        image.setRGB(0, 0, crop.width(), crop.height(), pixels, 0, crop.width());
        return image;
    }
}
