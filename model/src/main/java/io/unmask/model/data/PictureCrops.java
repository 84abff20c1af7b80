package io.unmask.model.data;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.image.Pictures;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A picture file that is a face crop already.
 *
 * @param margin side of the picture over the side of a crop at serving
 */
public record PictureCrops(Path file, double margin) implements FaceSequence.Crops {

    @Override
    public int count() {
        return 1;
    }

    @Override
    public RgbFrame read(int index) throws IOException {
        return Pictures.read(file);
    }
}
