package io.unmask.samples.make;

import io.unmask.ingest.clip.RgbFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Draws and encodes sample clips. The same seed gives the same pixels. */
final class SampleMaker {
    /** Frames drawn side by side on the common pool before they are encoded in order. */
    private static final int BATCH = 12;

    private final int seed;

    SampleMaker(int seed) {
        this.seed = seed;
    }

    /** Makes a clip in a folder that exists; returns the file. */
    Path make(Recipe recipe, Path directory) throws IOException {
        Path file = directory.resolve(recipe.name() + ".mp4");
        Film film = recipe.film(seed);
        RgbFrame first = film.frame(0);
        try (ClipEncoder writer = new ClipEncoder(file, first.width(), first.height(), Film.FPS)) {
            for (int start = 0; start < Recipe.FRAMES; start += BATCH) {
                for (RgbFrame frame : draw(film, start, Math.min(Recipe.FRAMES, start + BATCH))) {
                    writer.write(frame);
                }
            }
        }
        if (recipe.damaged()) {
            Files.write(file, damage(Files.readAllBytes(file)));
        }
        return file;
    }

    private static List<RgbFrame> draw(Film film, int start, int end) {
        return IntStream.range(start, end).parallel().mapToObj(film::frame).toList();
    }

    /** Overwrites one byte in forty from the middle on; the index, which is in front, stays readable. */
    private byte[] damage(byte[] clip) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = clip.length / 2; i < clip.length; i++) {
            if (random.nextInt(40) == 0) {
                clip[i] = (byte) random.nextInt(256);
            }
        }
        return clip;
    }
}
