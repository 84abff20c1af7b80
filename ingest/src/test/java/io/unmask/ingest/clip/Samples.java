package io.unmask.ingest.clip;

import java.util.Optional;

/** Face samples of one grey pixel. */
final class Samples {
    private static final FaceBox BOX = new FaceBox(10, 10, 80, 80);
    private static final FaceQuality QUALITY = new FaceQuality(80, 100, 120, 0.9);
    private static final RgbFrame CROP = new RgbFrame(1, 1, new byte[] {90, 90, 90});

    private Samples() {}

    static FaceSample at(long sequence, long timeMicros) {
        return new FaceSample(sequence, timeMicros, BOX, Optional.empty(), QUALITY, CROP);
    }
}
