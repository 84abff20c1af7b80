package io.unmask.detector.evidence;

import io.unmask.config.PrivateFiles;
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
 * The key with which a data directory signs its bundles (Ed25519). It is made when it is first needed, in a file that only its
 * owner can read.
 */
record SigningKey(PrivateKey secret, byte[] publicKey) {
    static final String FILE = "signing-key";

    private static final String ALGORITHM = "Ed25519";

    static SigningKey in(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        try {
            if (!Files.exists(file)) {
                write(file);
            }
            List<String> lines = Files.readAllLines(file);
            KeyFactory keys = KeyFactory.getInstance(ALGORITHM);
            return new SigningKey(
                    keys.generatePrivate(
                            new PKCS8EncodedKeySpec(Base64.getDecoder().decode(lines.get(0)))),
                    Base64.getDecoder().decode(lines.get(1)));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException(file + " is not a signing key: " + e.getMessage(), e);
        }
    }

    private static void write(Path file) throws IOException, GeneralSecurityException {
        KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
        Base64.Encoder base64 = Base64.getEncoder();
        // The file is written whole or not at all: a key that a full disk cut short would fail every later export.
        PrivateFiles.writeOnce(
                file,
                base64.encodeToString(pair.getPrivate().getEncoded()) + "\n"
                        + base64.encodeToString(pair.getPublic().getEncoded()) + "\n");
    }

    byte[] sign(byte[] content) throws IOException {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(secret);
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IOException("the bundle cannot be signed: " + e.getMessage(), e);
        }
    }

    /** Whether the signature was made of this content with the private key that belongs to the public one. */
    static boolean verifies(byte[] publicKey, byte[] content, byte[] signature) {
        try {
            PublicKey key = KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(publicKey));
            Signature check = Signature.getInstance(ALGORITHM);
            check.initVerify(key);
            check.update(content);
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
