package io.unmask.detector.pipeline;

import java.util.OptionalLong;

/** Told how far each source is; called by the sources' threads, so it must be thread-safe and quick. */
@FunctionalInterface
public interface ProgressListener {

    /**
     * @param positionMicros presentation time since the source's start
     * @param durationMicros the length that the source declares, if it does
     */
    void at(StreamJob job, long positionMicros, OptionalLong durationMicros);
}
