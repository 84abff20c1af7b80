package io.unmask.ingest.decode;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A source's sampled pictures in order of time. The next ones are decoded while the last one is looked at. Used by one
 * thread; interrupting it ends a wait.
 */
public interface FrameSource extends AutoCloseable {

    /**
     * The next sampled picture, empty at the regular end. The picture is the source's and valid until the next call.
     *
     * @throws SourceException when the source cannot go on; only {@link #close} may follow
     */
    Optional<SampledPicture> next() throws SourceException;

    /** What became of the frames up to the last picture; readable after the end, a failure and {@link #close} too. */
    Counts counts();

    /** The length that the source declares; empty for a live source and when none is declared. */
    OptionalLong durationMicros();

    /** Releases the decoder; a second call does nothing. Never blocks longer than a stall may last. */
    @Override
    void close();
}
