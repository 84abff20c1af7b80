package io.unmask.detector.pipeline;

import io.unmask.config.Sha256;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.decode.SourceUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;

/**
 * Names streams so that judging a file again gives the same events, and nothing else does.
 *
 * <p>A stream's id is its name, made readable, and a digest of its {@link SourceUri#identity}. A file's session is the
 * SHA-256 of all of its content: a cheaper digest of size and ends would let a video that was forged in its middle pass
 * for the one that was judged before. Reading also warms the page cache for the decoder. A live source's session is the
 * moment of its opening.
 */
public final class StreamIdentity {
    private static final int MAX_NAME = 40;
    private static final int LOCATION_DIGITS = 8;

    /** The session of a file that cannot be read; its source then fails and says why. */
    private static final String UNREADABLE = "unreadable";

    private StreamIdentity() {}

    /** Reads a file to its end. */
    public static Verdict.Stream of(SourceUri source, Clock clock) {
        if (source.kind() != SourceUri.Kind.FILE) {
            return new Verdict.Stream(
                    id(source.redacted(), source.identity()), clock.instant().toString(), source.redacted());
        }
        Path path = Path.of(source.identity());
        return new Verdict.Stream(id(path.getFileName().toString(), path.toString()), session(path), source.redacted());
    }

    /** Names what is not opened, so that consumers hear of it. */
    public static Verdict.Stream ofSkipped(String entry) {
        return new Verdict.Stream(id(entry.substring(entry.lastIndexOf('/') + 1), entry), UNREADABLE, entry);
    }

    private static String id(String name, String location) {
        String slug =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+|-+$", "");
        return slug.substring(0, Math.min(MAX_NAME, slug.length())) + "-"
                + Sha256.of(location).substring(0, LOCATION_DIGITS);
    }

    private static String session(Path file) {
        if (!Files.isRegularFile(file)) {
            return UNREADABLE;
        }
        try {
            return Sha256.of(file);
        } catch (IOException e) {
            return UNREADABLE;
        }
    }
}
