package io.unmask.model.federate;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with SHA-256 (RFC 5869), which the JDK has from version 24 on only. */
final class Hkdf {
    private static final int HASH_BYTES = 32;

    private Hkdf() {}

    /**
     * A key of at most 255 × 32 bytes.
     *
     * @param info what the key is for: other words give an unrelated key
     */
    static byte[] key(byte[] secret, byte[] salt, byte[] info, int bytes) {
        byte[] pseudorandom = hmac(salt.length == 0 ? new byte[HASH_BYTES] : salt, secret);
        var key = ByteBuffer.allocate(bytes);
        byte[] block = {};
        for (int i = 1; key.hasRemaining(); i++) {
            block = hmac(
                    pseudorandom,
                    ByteBuffer.allocate(block.length + info.length + 1)
                            .put(block)
                            .put(info)
                            .put((byte) i)
                            .array());
            key.put(block, 0, Math.min(block.length, key.remaining()));
        }
        return key.array();
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }
}
