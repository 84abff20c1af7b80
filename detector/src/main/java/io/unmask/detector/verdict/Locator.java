package io.unmask.detector.verdict;

import io.unmask.ingest.clip.RgbFrame;
import java.util.List;

/** Tells which parts of face crops are forged. */
@FunctionalInterface
public interface Locator {

    /**
     * Looks at face crops.
     *
     * @param crops at least one
     * @return one a crop, {@code [H][W]} in rows from the top, from 0 to 1; empty when the model cannot tell
     */
    List<float[][]> locate(List<RgbFrame> crops);
}
