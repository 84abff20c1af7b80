package io.unmask.ingest;

import io.unmask.config.Settings;
import io.unmask.ingest.decode.FrameSource;
import io.unmask.ingest.decode.FrameSources;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import io.unmask.ingest.face.FaceDetector;
import io.unmask.ingest.face.FaceFinder;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What a session takes from outside.
 *
 * @param faces called once, in the session's thread
 * @param backoffMs wait before the n-th attempt in a row to open a source again
 */
record IngestParts(Opener opener, Supplier<FaceFinder> faces, IntToLongFunction backoffMs, LongSupplier nanoTime) {
    private static final long FIRST_WAIT_MS = 250;
    private static final long LONGEST_WAIT_MS = 15_000;

    /** Opens a source. */
    interface Opener {
        FrameSource open(SourceUri uri) throws SourceException;
    }

    /** @param apart whether live sources are decoded by processes of their own */
    static IngestParts real(Settings settings, CropSpec crop, boolean apart) {
        return new IngestParts(
                uri -> apart
                        ? FrameSources.openApart(
                                uri, settings.source(), settings.serve().maxLatenessMs() / 2)
                        : FrameSources.open(uri, settings.source()),
                () -> new FaceFinder(FaceDetector.open(settings.face()), settings.face(), crop),
                attempt -> Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS << Math.min(10, attempt - 1)),
                System::nanoTime);
    }
}
