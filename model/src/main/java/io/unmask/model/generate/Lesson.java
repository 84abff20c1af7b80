package io.unmask.model.generate;

import io.unmask.model.image.Pictures;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;

/**
 * What decoders learn from: windows of authentic faces. A decoder's weights know no size, and a window costs less than a
 * face.
 *
 * @param sidePx of a window
 * @param size of a batch
 */
record Lesson(List<AuthenticFaces.Face> faces, int sidePx, int size) {

    /**
     * Windows anywhere in faces that are drawn by chance, uint8 {@code [N,S,S,3]}.
     *
     * @param faceSide to which a face is brought; no less than that of a window
     */
    byte[] batch(ToIntFunction<AuthenticFaces.Face> faceSide, SplittableRandom random) throws IOException {
        int rowBytes = sidePx * 3;
        byte[] batch = new byte[size * sidePx * rowBytes];
        for (int row = 0; row < size * sidePx; row += sidePx) {
            var face = faces.get(random.nextInt(faces.size()));
            var picture = Pictures.square(face.track().read(face.frame()), faceSide.applyAsInt(face));
            int room = picture.width() - sidePx + 1;
            int first = random.nextInt(room) * picture.width() + random.nextInt(room);
            for (int y = 0; y < sidePx; y++) {
                int from = (first + y * picture.width()) * 3;
                System.arraycopy(picture.rgb(), from, batch, (row + y) * rowBytes, rowBytes);
            }
        }
        return batch;
    }
}
