package io.unmask.detector.evidence;

import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The pictures that a chain says are there, in the order in which they came; one that was erased may be kept again. Not
 * thread-safe.
 */
final class KeptPictures {
    private final Map<String, Picture> kept = new LinkedHashMap<>();
    private long read;

    /** @param time when it was kept last */
    record Picture(String sha256, Instant time) {}

    /** Reads what was added to the chain since the last call: chains grow, and reading all of one takes ever longer. */
    void readOn(EvidenceChain chain) throws IOException {
        long end = chain.read(read, (line, entry) -> entry.ifPresent(this::add));
        if (end < read) {
            // Somebody put another file in its place.
            kept.clear();
            end = chain.read(0, (line, entry) -> entry.ifPresent(this::add));
        }
        read = end;
    }

    void add(ChainEntry entry) {
        entry.file().ifPresent(name -> kept.put(name, new Picture(entry.sha256().orElse(""), entry.time())));
        entry.erased().ifPresent(names -> names.forEach(kept::remove));
    }

    Set<String> names() {
        return kept.keySet();
    }

    /** Whether the picture is there with this content. */
    boolean has(String name, String sha256) {
        Picture picture = kept.get(name);
        return picture != null && picture.sha256().equals(sha256);
    }

    boolean isOlder(String name, Instant than) {
        return kept.get(name).time().isBefore(than);
    }
}
