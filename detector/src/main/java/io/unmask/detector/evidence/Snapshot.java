package io.unmask.detector.evidence;

import io.unmask.ingest.clip.RgbFrame;
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
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * A judged face crop as JPEG. It is encoded and decoded in memory. ImageIO would otherwise use temporary files, and fail where
 * none can be written.
 *
 * @param timeMicros presentation time since the source's start
 * @param pFake the frame's own score; absent when it was not scored
 * @param jpeg handed over: nobody writes to it afterwards
 * @param forged where it looks forged, if the model was asked and can tell
 */
public record Snapshot(long timeMicros, OptionalDouble pFake, byte[] jpeg, Optional<ForgeryMap> forged) {
    public static final String MEDIA_TYPE = "image/jpeg";
    private static final float JPEG_QUALITY = 0.9f;

    static Snapshot of(long timeMicros, OptionalDouble pFake, RgbFrame crop) {
        return new Snapshot(timeMicros, pFake, jpeg(crop), Optional.empty());
    }

    Snapshot with(ForgeryMap map) {
        return new Snapshot(timeMicros, pFake, jpeg, Optional.of(map));
    }

    /** The decoded picture. */
    RgbFrame crop() {
        try {
            return RgbFrame.of(ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg))));
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
            writer.write(null, new IIOImage(crop.image(), null, null), quality);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
