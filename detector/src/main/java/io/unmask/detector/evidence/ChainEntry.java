package io.unmask.detector.evidence;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One line of a stream's chain of evidence. It holds the digest of the line before it, so that no line can be changed,
 * removed or inserted without a trace.
 *
 * @param number counts the stream's lines from 1
 * @param at when the line was written, in ISO 8601
 * @param previous SHA-256 of the line before, without its line feed; the empty string in the first line
 * @param event of an {@code EVENT}, as JSON
 * @param file name of a {@code PICTURE}'s file
 * @param sha256 digest of that file
 * @param erased names of the files that an {@code ERASURE} erased
 * @param why they were erased
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
    private static final Path ANY_FOLDER = Path.of("folder");

    ChainEntry {
        // Jackson passes null for a field that the line lacks.
        at = Instant.parse(at).toString();
        Objects.requireNonNull(previous);
        Objects.requireNonNull(kind);
        // Files of these names are read and erased: a forged chain must not reach files outside of the stream's folder.
        if (file.isPresent()
                && !ANY_FOLDER.equals(ANY_FOLDER.resolve(file.get()).normalize().getParent())) {
            throw new IllegalArgumentException("file = " + file.get() + ": must be a name without folders");
        }
        erased = erased.map(List::copyOf);
    }

    /** What happened. */
    enum Kind {
        EVENT,
        PICTURE,
        ERASURE
    }

    /** What an entry says, before its place in the chain is known. */
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
