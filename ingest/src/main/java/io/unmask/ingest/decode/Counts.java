package io.unmask.ingest.decode;

import io.unmask.ingest.clip.Coverage.Omitted;
import java.util.List;

/**
 * What became of a source's frames.
 *
 * @param decoded frames that came out of the decoder, damaged ones included
 * @param sampled frames that were converted and handed out
 * @param damaged packets and frames that were lost or broken
 * @param tainted frames between damage and the next key frame; none of them was sampled
 * @param colourMapped sampled frames whose colours were mapped to an ordinary screen's, see {@link ToneMap}
 * @param passedOver frames that would have been sampled, but came too late to be decoded
 * @param omitted parts of the source that were not looked at
 */
public record Counts(
        long decoded,
        long sampled,
        long damaged,
        long tainted,
        long colourMapped,
        long passedOver,
        List<Omitted> omitted) {
    public static final Counts NONE = new Counts(0, 0, 0);

    /** The counts of a source that was looked at in all its parts. */
    public Counts(long decoded, long sampled, long damaged) {
        this(decoded, sampled, damaged, 0, 0, 0, List.of());
    }

    /** These and those of the same source after it was opened again. */
    public Counts plus(Counts later) {
        return new Counts(
                decoded + later.decoded,
                sampled + later.sampled,
                damaged + later.damaged,
                tainted + later.tainted,
                colourMapped + later.colourMapped,
                passedOver + later.passedOver,
                later.omitted.isEmpty() ? omitted : later.omitted);
    }
}
