package io.unmask.detector.federate;

import io.unmask.config.Sha256;
import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Puts transfers together from their chunks. Not thread-safe. */
final class ChunkAssembler {
    private final long maxBytes;
    private final Map<String, Map<Integer, byte[]>> parts = new HashMap<>();

    /** @param maxBytes the largest transfer; chunks beyond it are not kept */
    ChunkAssembler(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Keeps a chunk whose signature has been checked. Only the newest transfer of each sender is kept. */
    void take(Envelope chunk) {
        int index = index(chunk);
        if (index < 0
                || (long) index * Transfer.CHUNK_BYTES >= maxBytes
                || chunk.value().length > Transfer.CHUNK_BYTES) {
            return;
        }
        String sender = chunk.header(Envelope.SENDER);
        String name = sender + " " + chunk.header(Envelope.DIGEST);
        if (!parts.containsKey(name)) {
            drop(sender);
        }
        parts.computeIfAbsent(name, key -> new HashMap<>()).put(index, chunk.value());
    }

    /** Forgets a sender's chunks. */
    void drop(String sender) {
        parts.keySet().removeIf(name -> name.startsWith(sender + " "));
    }

    private static int index(Envelope chunk) {
        try {
            return Integer.parseInt(chunk.header(Envelope.INDEX));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** A sender's transfer; empty when a chunk is missing or the digest does not match. */
    Optional<byte[]> whole(String sender, Transfer transfer) {
        Map<Integer, byte[]> chunks = parts.getOrDefault(sender + " " + transfer.digest(), Map.of());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < transfer.chunks(); i++) {
            if (!chunks.containsKey(i)) {
                return Optional.empty();
            }
            bytes.writeBytes(chunks.get(i));
        }
        byte[] whole = bytes.toByteArray();
        return whole.length == transfer.bytes() && Sha256.of(whole).equals(transfer.digest())
                ? Optional.of(whole)
                : Optional.empty();
    }
}
