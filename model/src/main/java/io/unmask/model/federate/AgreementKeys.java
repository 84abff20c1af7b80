package io.unmask.model.federate;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.XECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.security.spec.XECPrivateKeySpec;
import javax.crypto.KeyAgreement;

/** X25519 (RFC 7748): two sites that know each other's public key share a secret that nobody else knows. */
public final class AgreementKeys {
    /** Length of a private key. */
    public static final int SCALAR_BYTES = 32;

    private static final String CURVE = "X25519";

    /** Tries each public key that is read: agreement fails with a key of small order. */
    private static final PrivateKey PROBE = generate().getPrivate();

    private AgreementKeys() {}

    public static KeyPair generate() {
        try {
            return KeyPairGenerator.getInstance(CURVE).generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK has X25519 from version 11 on", e);
        }
    }

    /**
     * The public key of an X.509 encoding.
     *
     * @throws GeneralSecurityException when it is no key, or one of small order, which agrees with everybody on one secret
     */
    public static PublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
        PublicKey key = KeyFactory.getInstance(CURVE).generatePublic(new X509EncodedKeySpec(encoded));
        KeyAgreement agreement = KeyAgreement.getInstance(CURVE);
        agreement.init(PROBE);
        agreement.doPhase(key, true);
        return key;
    }

    /** The 32 bytes from which {@link #privateKey} makes the key again. */
    public static byte[] scalar(PrivateKey key) {
        return ((XECPrivateKey) key).getScalar().orElseThrow();
    }

    public static PrivateKey privateKey(byte[] scalar) {
        try {
            return KeyFactory.getInstance(CURVE)
                    .generatePrivate(new XECPrivateKeySpec(new NamedParameterSpec(CURVE), scalar));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK has X25519 from version 11 on", e);
        }
    }

    /**
     * A key of 32 bytes that the two sites alone know.
     *
     * @param purpose a different purpose gives an unrelated key
     */
    public static byte[] sharedKey(PrivateKey own, PublicKey other, String purpose) {
        try {
            var agreement = KeyAgreement.getInstance(CURVE);
            agreement.init(own);
            agreement.doPhase(other, true);
            return Hkdf.key(
                    agreement.generateSecret(), new byte[0], purpose.getBytes(StandardCharsets.UTF_8), SCALAR_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a public key that agrees on no secret: " + e.getMessage(), e);
        }
    }
}
