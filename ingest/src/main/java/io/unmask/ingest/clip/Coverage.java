package io.unmask.ingest.clip;

import java.util.List;

/**
 * What became of a source's frames so far. It explains silence, which must not be read as "real".
 *
 * @param decoded frames decoded
 * @param sampled frames searched for faces
 * @param withFace sampled frames with a face
 * @param damaged packets or frames that were lost, or that the decoder could not use
 * @param tainted frames between damage and the next key frame, none of which was searched
 * @param colourMapped sampled frames of high dynamic range or a wide gamut, whose colours were mapped to an ordinary screen's
 * @param dropped frames of a live source that would have been sampled and were skipped because scoring fell behind
 * @param reconnects times a live source was opened again
 * @param gaps stretches of time without any frame
 * @param gapMicros length of these stretches together
 * @param omitted parts of the source that were not looked at
 */
public record Coverage(
        long decoded,
        long sampled,
        long withFace,
        long damaged,
        long tainted,
        long colourMapped,
        long dropped,
        int reconnects,
        int gaps,
        long gapMicros,
        List<Omitted> omitted) {
    public static final Coverage NONE = new Coverage(0, 0, 0, 0, 0, 0);

    public Coverage {
        omitted = List.copyOf(omitted);
    }

    /** The coverage of a source without gaps that was looked at in all its parts. */
    public Coverage(long decoded, long sampled, long withFace, long damaged, long dropped, int reconnects) {
        this(decoded, sampled, withFace, damaged, 0, 0, dropped, reconnects, 0, 0, List.of());
    }

    /**
     * A part of a source that was not looked at.
     *
     * @param what as in "video stream 1 (h264, 640x480)"
     * @param why and what to do about it
     */
    public record Omitted(String what, String why) {}

    /** The same with other counts of frames with a face and of gaps. */
    Coverage withFacesAndGaps(long frames, int count, long micros) {
        return new Coverage(
                decoded, sampled, frames, damaged, tainted, colourMapped, dropped, reconnects, count, micros, omitted);
    }

    /**
     * Whether a source that has ended was a single, whole picture. It is not called {@code isStill}, which the JSON mapper
     * would take for a field of the event.
     */
    public boolean wasStill() {
        return decoded == 1 && sampled == 1 && damaged == 0;
    }

    /** The same with another count of dropped frames. */
    public Coverage withDropped(long frames) {
        return new Coverage(
                decoded,
                sampled,
                withFace,
                damaged,
                tainted,
                colourMapped,
                frames,
                reconnects,
                gaps,
                gapMicros,
                omitted);
    }
}
