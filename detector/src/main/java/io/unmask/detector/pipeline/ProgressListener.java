package io.unmask.detector.pipeline;

import java.util.OptionalLong;

/** Is told how far each source has been read. The sources' threads call it, so it must be thread-safe and quick. */
@FunctionalInterface
public interface ProgressListener {

    /**
     * @param positionMicros presentation time since the source's start
     * @param durationMicros the length that the source declares, if it does
     */
    void at(StreamJob job, long positionMicros, OptionalLong durationMicros);
}
