package io.unmask.model.forge;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.image.Pictures;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;

/** How much of an aligned face a drawn copy of it covers, under a soft mask: what a tool pastes back into the picture. */
public enum Overlay {
    WHOLE(BlendMask.Region.WHOLE, BlendMask.Region.WHOLE),
    HEAD(BlendMask.Region.HEAD, BlendMask.Region.HEAD),
    /** The lips alone, or all from the nose down, as tools for lip-sync differ. */
    MOUTH(BlendMask.Region.MOUTH, BlendMask.Region.LOWER_FACE);

    private final BlendMask.Region least;
    private final BlendMask.Region most;

    Overlay(BlendMask.Region least, BlendMask.Region most) {
        this.least = least;
        this.most = most;
    }

    /**
     * Lays the drawn copy over the face. Outside the mask every pixel stays.
     *
     * @param drawn square, as large as the face
     * @param margin side of the pictures over the side of a crop at serving
     * @param seed of the mask
     */
    public RgbFrame over(RgbFrame face, RgbFrame drawn, double margin, long seed) {
        if (this == WHOLE) {
            return drawn;
        }
        var random = new SplittableRandom(seed);
        var mask = BlendMask.random(random.nextBoolean() ? least : most, random);
        try (var scope = new PointerScope()) {
            return Pictures.frame(
                    Forger.blend(Pictures.mat(face), Pictures.mat(drawn), mask.paint(face.width(), margin, 1)));
        }
    }
}
