package io.unmask.ingest.decode;

import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.Picture;
import java.util.Optional;

/**
 * A picture that was due: upright, with square pixels.
 *
 * @param timeMicros presentation time since the source's start; rises strictly from one picture to the next
 * @param shown the source's; valid until the next call of {@link FrameSource#next}; empty where the stream is damaged and no
 *     picture can be trusted until its next key frame
 * @param captured when it was taken; empty where nobody knows, as of a file
 */
public record SampledPicture(long timeMicros, Optional<Picture> shown, Optional<Captured> captured) {
    public SampledPicture(long timeMicros, Picture picture) {
        this(timeMicros, Optional.of(picture), Optional.empty());
    }

    /** What is shown; only to be asked where something is. */
    public Picture picture() {
        return shown.orElseThrow();
    }
}
