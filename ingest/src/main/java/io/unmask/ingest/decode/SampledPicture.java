package io.unmask.ingest.decode;

import io.unmask.ingest.clip.Picture;

/**
 * A picture that was due: upright, with square pixels.
 *
 * @param timeMicros presentation time since the source's start; rises strictly from one picture to the next
 * @param picture the source's; valid until the next call of {@link FrameSource#next}
 */
public record SampledPicture(long timeMicros, Picture picture) {}
