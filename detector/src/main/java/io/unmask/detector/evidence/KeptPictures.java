package io.unmask.detector.evidence;

import io.unmask.config.Sha256;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The pictures that a chain says are there, in the order in which they came; one that was erased may be kept again. Not
 * thread-safe.
 *
 * @param <T> what is remembered of each
 */
final class KeptPictures<T> {
    private final Function<ChainEntry, T> what;
    private final Map<String, T> kept = new LinkedHashMap<>();
    private Optional<String> first = Optional.empty();
    private long read;

    /** @param what is remembered of each picture, by the entry with which it was kept last */
    KeptPictures(Function<ChainEntry, T> what) {
        this.what = what;
    }

    /** Reads what was added to the chain since the last call: chains grow, and reading all of one takes ever longer. */
    void readOn(EvidenceChain chain) throws IOException {
        Optional<String> begins = chain.firstLine().map(Sha256::of);
        long end = begins.equals(first) ? chain.read(read, this::add) : -1;
        if (end < read) {
            // Another file is in its place.
            kept.clear();
            end = chain.read(0, this::add);
        }
        first = begins;
        read = end;
    }

    private void add(byte[] line, Optional<ChainEntry> entry) {
        entry.ifPresent(this::add);
    }

    void add(ChainEntry entry) {
        entry.file().ifPresent(name -> kept.put(name, what.apply(entry)));
        entry.erased().ifPresent(names -> names.forEach(kept::remove));
    }

    /** What is remembered of the pictures, by their names. */
    Map<String, T> byName() {
        return Collections.unmodifiableMap(kept);
    }
}
