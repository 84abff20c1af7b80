package io.unmask.detector.evidence;

import io.unmask.config.Sha256;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The pictures that are kept, according to a chain, in the order in which they were kept. A picture that was erased may be
 * kept again. Not thread-safe.
 */
final class KeptPictures {
    private final Map<String, Picture> pictures = new LinkedHashMap<>();
    private Optional<String> firstLineDigest = Optional.empty();
    private long position;

    /**
     * What the chain says of a picture.
     *
     * @param time when it was kept last
     */
    record Picture(Instant time, Optional<String> sha256) {}

    /** Reads what was added to the chain since the last call. Reading all of it each time would take ever longer. */
    void readOn(EvidenceChain chain) throws IOException {
        Optional<String> digest = chain.firstLine().map(Sha256::of);
        boolean isSameFile = digest.equals(firstLineDigest);
        long end = isSameFile ? chain.read(position, this::add) : 0;
        if (!isSameFile || end < position) {
            pictures.clear();
            end = chain.read(0, this::add);
        }
        firstLineDigest = digest;
        position = end;
    }

    private void add(byte[] line, Optional<ChainEntry> entry) {
        entry.ifPresent(this::add);
    }

    void add(ChainEntry entry) {
        entry.file().ifPresent(name -> pictures.put(name, new Picture(entry.time(), entry.sha256())));
        entry.erased().ifPresent(names -> names.forEach(pictures::remove));
    }

    /** The pictures by the names of their files. */
    Map<String, Picture> byName() {
        return Collections.unmodifiableMap(pictures);
    }
}
