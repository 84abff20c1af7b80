package io.unmask.model.image;

import io.unmask.ingest.clip.RgbFrame;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;

/** What may have happened to a picture on its way, in steps that are the same for every picture. */
public enum Condition {
    CLEAN,
    JPEG_40,
    HALF_SIZE;

    public RgbFrame apply(RgbFrame picture) {
        try (var scope = new PointerScope()) {
            return Pictures.frame(operation().apply(Pictures.mat(picture)));
        }
    }

    private Operation operation() {
        return switch (this) {
            case CLEAN -> picture -> picture;
            case JPEG_40 -> Operations.jpeg(40);
            case HALF_SIZE -> Operations.resample(0.5, 2, 1).then(Operations.jpeg(75));
        };
    }

    /** As reports name it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
