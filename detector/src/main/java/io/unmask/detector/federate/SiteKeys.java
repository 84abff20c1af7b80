package io.unmask.detector.federate;

import io.unmask.config.PrivateFiles;
import io.unmask.config.Sha256;
import io.unmask.model.federate.AgreementKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/**
 * The lasting keys of a site or a coordinator: Ed25519 signs what it sends, X25519 lets the others encrypt to it. They
 * stay in a file that only the user can read.
 */
public final class SiteKeys {
    private static final String FILE = "keys";
    private static final String ED25519 = "Ed25519";
    private static final int PSEUDONYM_LENGTH = 8;

    private final KeyPair signing;
    private final KeyPair agreement;

    private SiteKeys(KeyPair signing, KeyPair agreement) {
        this.signing = signing;
        this.agreement = agreement;
    }

    /** The keys in a folder. Makes them where there are none. */
    public static SiteKeys in(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (Files.exists(file)) {
            return read(file);
        }
        PrivateFiles.createDirectories(folder);
        try {
            KeyPair signing = KeyPairGenerator.getInstance(ED25519).generateKeyPair();
            KeyPair agreement = AgreementKeys.generate();
            Files.write(
                    PrivateFiles.create(file),
                    List.of(
                            base64(signing.getPrivate().getEncoded()),
                            base64(signing.getPublic().getEncoded()),
                            base64(AgreementKeys.scalar(agreement.getPrivate())),
                            base64(agreement.getPublic().getEncoded())));
            return new SiteKeys(signing, agreement);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK has Ed25519 from version 15 on", e);
        }
    }

    private static SiteKeys read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        try {
            Base64.Decoder decoder = Base64.getDecoder();
            PrivateKey own = KeyFactory.getInstance(ED25519)
                    .generatePrivate(new PKCS8EncodedKeySpec(decoder.decode(lines.get(0))));
            return new SiteKeys(
                    new KeyPair(signingKey(lines.get(1)), own),
                    new KeyPair(
                            AgreementKeys.publicKey(decoder.decode(lines.get(3))),
                            AgreementKeys.privateKey(decoder.decode(lines.get(2)))));
        } catch (GeneralSecurityException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(
                    file + ": the keys cannot be read; bring the file back, or remove it and register new keys", e);
        }
    }

    /** Whether a text is a public key as {@link #publicSigningKey} writes it. */
    public static boolean isSigningKey(String base64) {
        try {
            signingKey(base64);
            return true;
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    static PublicKey signingKey(String base64) throws GeneralSecurityException {
        return KeyFactory.getInstance(ED25519)
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }

    /** The line of this site in the coordinator's list. */
    public Member member(String site) {
        return new Member(site, publicSigningKey(), base64(agreement.getPublic().getEncoded()));
    }

    /** A name that is made of the keys and says nothing of who has them. */
    public String pseudonym() {
        return "site-" + Sha256.of(signing.getPublic().getEncoded()).substring(0, PSEUDONYM_LENGTH);
    }

    /** The key by which others know this site or coordinator: X.509 in Base64. */
    public String publicSigningKey() {
        return base64(signing.getPublic().getEncoded());
    }

    PrivateKey agreementKey() {
        return agreement.getPrivate();
    }

    byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(ED25519);
            signature.initSign(signing.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK has Ed25519 from version 15 on", e);
        }
    }

    static boolean verify(PublicKey key, byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(ED25519);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
