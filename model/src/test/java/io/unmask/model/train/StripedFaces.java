package io.unmask.model.train;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.image.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** Pictures and settings with which a small network learns in seconds: authentic faces are striped, fake ones plain. */
public final class StripedFaces {
    /** Hyper-parameters of a network of some hundred weights. */
    public static final Map<String, String> SMALL = Map.ofEntries(
            Map.entry("input-size", "32"),
            Map.entry("frames", "1"),
            Map.entry("encoder-widths", "4,4,6,6,8"),
            Map.entry("recurrent-units", "4"),
            Map.entry("batch-clips", "8"),
            Map.entry("steps", "40"),
            Map.entry("warmup-steps", "5"),
            Map.entry("learning-rate", "0.01"),
            Map.entry("self-blend-share", "0"),
            Map.entry("evaluate-steps", "20"),
            Map.entry("checkpoint-steps", "20"));

    private StripedFaces() {}

    public static void write(Path file, int seed, boolean striped) throws IOException {
        Files.createDirectories(file.getParent());
        Pictures.write(frame(40, seed, striped), file);
    }

    static RgbFrame frame(int side, int seed, boolean striped) {
        var random = new Random(seed);
        int base = 60 + random.nextInt(120);
        byte[] rgb = new byte[side * side * 3];
        for (int i = 0; i < rgb.length; i++) {
            int column = i / 3 % side;
            rgb[i] = (byte) (base + (striped && column % 8 < 4 ? 40 : 0) + random.nextInt(8));
        }
        return new RgbFrame(side, side, rgb);
    }
}
