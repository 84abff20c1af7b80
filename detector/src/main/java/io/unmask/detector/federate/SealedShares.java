package io.unmask.detector.federate;

import io.unmask.model.federate.AgreementKeys;
import io.unmask.model.federate.SecureSum;
import io.unmask.model.federate.Shamir;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Shares of a site's secrets of one round, each encrypted (AES-GCM) so that one other member alone can read it. */
final class SealedShares {
    private static final int SHARE_BYTES = 66;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private SealedShares() {}

    /**
     * A member's shares of another's secrets, as Base64.
     *
     * @param maskKey of the private key of its masks
     * @param seed of the seed of its own mask
     */
    record Opened(String maskKey, String seed) {}

    /** Splits a site's secrets and seals a share of each for every member, itself too. */
    static Map<String, String> seal(
            Plan plan, long round, String site, PrivateKey agreementKey, SecureSum.Secrets secrets) {
        SecureRandom random = new SecureRandom();
        int count = plan.members().size();
        List<Shamir.Share> keys =
                Shamir.split(AgreementKeys.scalar(secrets.maskKeys().getPrivate()), count, plan.quorum(), random);
        List<Shamir.Share> seeds = Shamir.split(secrets.seed(), count, plan.quorum(), random);
        Map<String, String> sealed = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            Member to = plan.members().get(i);
            byte[] both = ByteBuffer.allocate(2 * SHARE_BYTES)
                    .put(bytes(keys.get(i)))
                    .put(bytes(seeds.get(i)))
                    .array();
            byte[] nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            try {
                Cipher cipher = cipher(
                        Cipher.ENCRYPT_MODE,
                        agreementKey,
                        to.agreement(),
                        nonce,
                        purpose(plan, round, site, to.site()));
                sealed.put(to.site(), base64(nonce) + "." + base64(cipher.doFinal(both)));
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("the plan's keys have been checked", e);
            }
        }
        return sealed;
    }

    /**
     * Opens what {@code from} sealed for {@code to}.
     *
     * @throws GeneralSecurityException when it is damaged or was sealed for somebody else
     */
    static Opened open(Plan plan, SiteMessage.Announcement from, String to, PrivateKey agreementKey)
            throws GeneralSecurityException {
        String[] parts = from.shares().getOrDefault(to, "").split("\\.", -1);
        if (parts.length != 2) {
            throw new GeneralSecurityException("no share for " + to);
        }
        PublicKey sender = plan.member(from.site())
                .orElseThrow(() -> new GeneralSecurityException(from.site() + " is no member"))
                .agreement();
        byte[] both = cipher(
                        Cipher.DECRYPT_MODE,
                        agreementKey,
                        sender,
                        decode(parts[0]),
                        purpose(plan, from.round(), from.site(), to))
                .doFinal(decode(parts[1]));
        return new Opened(
                base64(Arrays.copyOf(both, SHARE_BYTES)), base64(Arrays.copyOfRange(both, SHARE_BYTES, both.length)));
    }

    /** A share that {@code holder} revealed. */
    static Shamir.Share share(Plan plan, String holder, String revealed) throws GeneralSecurityException {
        return new Shamir.Share(plan.indexOf(holder) + 1, new BigInteger(1, decode(revealed)));
    }

    private static Cipher cipher(int mode, PrivateKey own, PublicKey other, byte[] nonce, String purpose)
            throws GeneralSecurityException {
        if (nonce.length != NONCE_BYTES) {
            throw new GeneralSecurityException("a nonce of " + nonce.length + " bytes");
        }
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode,
                new SecretKeySpec(AgreementKeys.sharedKey(own, other, purpose), "AES"),
                new GCMParameterSpec(TAG_BITS, nonce));
        return cipher;
    }

    private static String purpose(Plan plan, long round, String from, String to) {
        return "unmask " + plan.federation() + " round " + round + " shares of " + from + " for " + to;
    }

    private static byte[] bytes(Shamir.Share share) {
        byte[] bytes = new byte[SHARE_BYTES];
        byte[] magnitude = share.y().toByteArray();
        int length = Math.min(magnitude.length, SHARE_BYTES);
        System.arraycopy(magnitude, magnitude.length - length, bytes, SHARE_BYTES - length, length);
        return bytes;
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] decode(String base64) throws GeneralSecurityException {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new GeneralSecurityException("not Base64", e);
        }
    }
}
