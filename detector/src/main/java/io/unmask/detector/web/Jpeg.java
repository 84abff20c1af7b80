package io.unmask.detector.web;

import io.unmask.ingest.clip.RgbFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Encodes pictures as JPEG files, as a browser shows them. */
final class Jpeg {
    private Jpeg() {}

    static byte[] of(RgbFrame frame) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.setUseCache(false);
            ImageIO.write(frame.image(), "jpeg", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
