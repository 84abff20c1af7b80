package io.unmask.ingest.face;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.Picture;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.decode.FrameSource;
import io.unmask.ingest.decode.FrameSources;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Pictures of the sample clips, whose heads are rendered, and of real people where they are at hand. */
final class TestPictures {
    private static final Path ROOT = Path.of(System.getProperty("unmask.root"));

    private TestPictures() {}

    /** A file that is not part of the repository; the test is skipped where it is missing. */
    static Path shared(String... path) {
        Path file = ROOT.resolve("../shared").resolve(String.join("/", path));
        assumeTrue(Files.exists(file), "needs " + file);
        return file;
    }

    /** The first picture of a sample clip. */
    static RgbFrame first(String clip) {
        return first(ROOT.resolve("samples/clips").resolve(clip));
    }

    static RgbFrame first(Path file) {
        try (FrameSource source = FrameSources.open(
                SourceUri.parse(file.toString()),
                new Settings.Source(8, 1, 20_000, 0, 33_177_600, 200_000, 0, false, 0, false))) {
            return source.next().orElseThrow().picture().copy();
        } catch (SourceException e) {
            throw new IllegalStateException(e);
        }
    }

    static RgbFrame grey(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        Arrays.fill(rgb, (byte) 128);
        return new RgbFrame(width, height, rgb);
    }

    /** Puts a picture into another one, made smaller by dropping pixels when {@code every} is above 1. */
    static void paste(Picture from, RgbFrame onto, int left, int top, int every) {
        RgbFrame pixels = from.copy();
        for (int y = 0; y < from.height() / every; y++) {
            for (int x = 0; x < from.width() / every; x++) {
                System.arraycopy(
                        pixels.rgb(),
                        3 * (y * every * from.width() + x * every),
                        onto.rgb(),
                        3 * ((top + y) * onto.width() + left + x),
                        3);
            }
        }
    }
}
