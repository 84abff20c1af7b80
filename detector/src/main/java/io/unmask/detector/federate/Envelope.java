package io.unmask.detector.federate;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Map;
import java.util.TreeMap;

/**
 * A record of one of the federation's topics. Sender and headers are signed with the value, so that nobody can send in
 * another's name, nor an old record as a new one of another round.
 *
 * @param topic which it is for
 * @param key of the record
 * @param headers type, federation, sender and what the type adds; without the signature
 * @param value JSON, or bytes of a transfer
 * @param signature Ed25519
 * @param offset where it is on its topic; -1 when it has not been sent
 */
record Envelope(String topic, String key, Map<String, String> headers, byte[] value, byte[] signature, long offset) {
    static final String TYPE = "type";
    static final String FEDERATION = "federation";
    static final String SENDER = "sender";
    static final String DIGEST = "digest";
    static final String INDEX = "index";
    static final String CHUNK = "chunk";
    static final String SIGNATURE = "signature";

    Envelope {
        headers = Map.copyOf(headers);
    }

    /** Signs a record. */
    static Envelope signed(SiteKeys keys, String topic, String key, Map<String, String> headers, byte[] value) {
        return new Envelope(topic, key, headers, value, keys.sign(content(topic, key, headers, value)), -1);
    }

    boolean isSignedBy(PublicKey signer) {
        return SiteKeys.verify(signer, content(topic, key, headers, value), signature);
    }

    boolean isSignedBy(String signer) {
        try {
            return isSignedBy(SiteKeys.signingKey(signer));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    private static byte[] content(String topic, String key, Map<String, String> headers, byte[] value) {
        StringBuilder head = new StringBuilder();
        append(topic, head);
        append(key, head);
        new TreeMap<>(headers).forEach((name, text) -> {
            append(name, head);
            append(text, head);
        });
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(head.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        content.writeBytes(value);
        return content.toByteArray();
    }

    /** With its length before it, so that no two lists of words are the same text. */
    private static void append(String word, StringBuilder head) {
        head.append(word.length()).append(':').append(word);
    }
}
