package io.unmask.model.federate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Secure aggregation (Bonawitz et al., CCS 2017): each site adds to its update a mask of its own and, for each other
 * site, a mask that the other one subtracts. Whoever adds all masked updates up sees the masks of pairs cancel, and
 * learns the sum once the sites' own masks are taken off; a single masked update is uniformly random to anybody else.
 *
 * @param participants public mask keys of all sites of the round by name
 * @param context names the federation and the round: other words give unrelated masks
 */
public record SecureSum(Map<String, PublicKey> participants, String context) {
    /** Of the seed of a site's own mask. */
    public static final int SEED_BYTES = 32;

    private static final int BLOCK_BYTES = 1 << 16;

    public SecureSum {
        participants = Map.copyOf(participants);
    }

    /**
     * What a site keeps to itself in one round, but for the shares of it that it hands out.
     *
     * @param maskKeys agree on masks with the other sites
     * @param seed of the mask of its own
     */
    public record Secrets(KeyPair maskKeys, byte[] seed) {
        public static Secrets generate(SecureRandom random) {
            var seed = new byte[SEED_BYTES];
            random.nextBytes(seed);
            return new Secrets(AgreementKeys.generate(), seed);
        }
    }

    /** A site's encoded update with all masks on. */
    public int[] mask(String site, int[] encoded, Secrets secrets) {
        var masked = encoded.clone();
        add(own(secrets.seed()), masked, 1);
        participants.forEach((other, key) -> {
            if (!other.equals(site)) {
                add(pair(secrets.maskKeys().getPrivate(), key), masked, sign(site, other));
            }
        });
        return masked;
    }

    /**
     * Takes the masks off a sum of masked updates, in place.
     *
     * @param seeds of the sites whose updates are in the sum
     * @param gone private mask keys of the other participants, whose masks did not cancel
     */
    public void unmask(int[] sum, Map<String, byte[]> seeds, Map<String, PrivateKey> gone) {
        seeds.forEach((site, seed) -> add(own(seed), sum, -1));
        gone.forEach((absent, key) ->
                seeds.keySet().forEach(site -> add(pair(key, participants.get(site)), sum, -sign(site, absent))));
    }

    /** Of each pair, the one whose name comes first adds and the other one subtracts. */
    private static int sign(String site, String other) {
        return site.compareTo(other) < 0 ? 1 : -1;
    }

    private Cipher own(byte[] seed) {
        return stream(Hkdf.key(seed, new byte[0], info("own mask"), AgreementKeys.SCALAR_BYTES));
    }

    private Cipher pair(PrivateKey key, PublicKey other) {
        return stream(AgreementKeys.sharedKey(key, other, "unmask " + context + " pair mask"));
    }

    private byte[] info(String purpose) {
        return ("unmask " + context + " " + purpose).getBytes(StandardCharsets.UTF_8);
    }

    /** A pseudorandom stream: AES-256 in counter mode. Each key is used for one stream only, so that it may begin at 0. */
    private static Cipher stream(byte[] key) {
        try {
            var cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
            return cipher;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES", e);
        }
    }

    /** Overflow is what is wanted: the sum is modulo 2^32. */
    private static void add(Cipher stream, int[] to, int sign) {
        var zeros = new byte[BLOCK_BYTES];
        for (int from = 0; from < to.length; from += BLOCK_BYTES / Integer.BYTES) {
            int count = Math.min(BLOCK_BYTES / Integer.BYTES, to.length - from);
            var mask = ByteBuffer.wrap(stream.update(zeros, 0, count * Integer.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asIntBuffer();
            for (int i = 0; i < count; i++) {
                to[from + i] += sign * mask.get(i);
            }
        }
    }
}
