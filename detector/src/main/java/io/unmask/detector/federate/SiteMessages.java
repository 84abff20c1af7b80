package io.unmask.detector.federate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns what a site says into records and back. */
final class SiteMessages {
    static final String ANNOUNCEMENT = "announcement";

    private static final Map<String, Class<? extends SiteMessage>> TYPES = Map.of(
            ANNOUNCEMENT,
            SiteMessage.Announcement.class,
            "update",
            SiteMessage.Update.class,
            "reveal",
            SiteMessage.Reveal.class);

    private SiteMessages() {}

    static Envelope envelope(SiteMessage message, SiteKeys keys) {
        String type = TYPES.entrySet().stream()
                .filter(entry -> entry.getValue().isInstance(message))
                .findFirst()
                .orElseThrow()
                .getKey();
        return Envelope.signed(
                keys,
                FederationLink.UPDATES,
                message.federation() + "/" + message.site(),
                headers(type, message.federation(), message.site()),
                FederationJson.bytes(message));
    }

    /** @throws IOException when it is none */
    static SiteMessage read(Envelope record) throws IOException {
        Class<? extends SiteMessage> type = TYPES.get(record.header(Envelope.TYPE));
        if (type == null) {
            throw new IOException("type " + record.header(Envelope.TYPE));
        }
        return FederationJson.read(record.value(), type);
    }

    /**
     * The chunks of a transfer.
     *
     * @param place topic and first part of the key
     */
    static List<Envelope> chunks(byte[] bytes, Place place, SiteKeys keys) {
        Transfer transfer = Transfer.of(bytes);
        List<Envelope> chunks = new ArrayList<>();
        for (int i = 0; i < transfer.chunks(); i++) {
            int from = i * Transfer.CHUNK_BYTES;
            Map<String, String> headers = new HashMap<>(place.headers());
            headers.put(Envelope.DIGEST, transfer.digest());
            headers.put(Envelope.INDEX, Integer.toString(i));
            chunks.add(Envelope.signed(
                    keys,
                    place.topic(),
                    place.keyed() ? place.key() + "/" + i : place.key(),
                    headers,
                    Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + Transfer.CHUNK_BYTES))));
        }
        return chunks;
    }

    /**
     * Where a transfer goes.
     *
     * @param keyed whether each chunk has a key of its own, as a compacted topic needs
     */
    record Place(String topic, String key, boolean keyed, Map<String, String> headers) {}

    static Map<String, String> headers(String type, String federation, String sender) {
        return Map.of(Envelope.TYPE, type, Envelope.FEDERATION, federation, Envelope.SENDER, sender);
    }
}
