package io.unmask.detector.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One line of a stream's chain of evidence. It holds the digest of the line before it, so that no line can be changed,
 * removed or put in without a trace.
 *
 * @param number counts the stream's lines from 1
 * @param previous SHA-256 of the line before, without its line feed; of nothing for the first
 * @param event the whole event as JSON text
 * @param file the picture's name
 * @param sha256 of the picture
 * @param erased names of pictures that were erased
 * @param why they were
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
record ChainEntry(
        long number,
        String at,
        String previous,
        Kind kind,
        Optional<String> event,
        Optional<String> file,
        Optional<String> sha256,
        Optional<List<String>> erased,
        Optional<String> why) {
    private static final Path FOLDER = Path.of("folder");

    ChainEntry {
        // What was read of a file may lack anything.
        at = Instant.parse(at).toString();
        Objects.requireNonNull(previous);
        Objects.requireNonNull(kind);
        // The picture of that name in the stream's folder is read and erased.
        if (file.isPresent()
                && !FOLDER.equals(FOLDER.resolve(file.get()).normalize().getParent())) {
            throw new IllegalArgumentException(file.get() + " is no name of a picture");
        }
        erased = erased.map(List::copyOf);
    }

    /** What happened. */
    enum Kind {
        EVENT,
        PICTURE,
        ERASURE
    }

    /** What an entry says, without its place in the chain, which is not known yet. */
    record Content(
            Kind kind,
            Optional<String> event,
            Optional<String> file,
            Optional<String> sha256,
            Optional<List<String>> erased,
            Optional<String> why) {

        static Content event(String json) {
            return new Content(
                    Kind.EVENT,
                    Optional.of(json),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }

        static Content picture(String file, String sha256) {
            return new Content(
                    Kind.PICTURE,
                    Optional.empty(),
                    Optional.of(file),
                    Optional.of(sha256),
                    Optional.empty(),
                    Optional.empty());
        }

        static Content erasure(List<String> files, String why) {
            return new Content(
                    Kind.ERASURE,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(files),
                    Optional.of(why));
        }

        ChainEntry at(long number, Instant time, String previous) {
            return new ChainEntry(number, time.toString(), previous, kind, event, file, sha256, erased, why);
        }
    }

    Instant time() {
        return Instant.parse(at);
    }
}
