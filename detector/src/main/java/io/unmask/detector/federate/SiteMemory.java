package io.unmask.detector.federate;

import io.unmask.config.PrivateFiles;
import io.unmask.model.federate.AgreementKeys;
import io.unmask.model.federate.SecureSum;
import io.unmask.model.federate.VectorBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What a site must know again after a crash: whose federation it joined, its secrets of the round, what it has sent and
 * revealed, and the last model that it took. In files that only the user can read.
 */
final class SiteMemory {
    private static final String NOTES = "site.json";
    private static final String OWN = "own.bin";
    private static final String TAKEN = "taken.bin";
    private static final String UPDATE = "update.bin";

    private final Path folder;
    private Notes notes;

    /**
     * @param federation name
     * @param coordinatorKey whose records count from the first time on
     * @param round that the secrets are of
     * @param maskKey private key of the masks, Base64 of its 32 bytes; empty when there is none
     * @param publicMaskKey X.509, Base64
     * @param seed of the mask of its own, Base64
     * @param sent whether the update of the round was sent
     * @param revealedFor the survivors for whom shares were revealed in this round: no other list is served
     * @param taken what the site thought of the last model that it took; AUC of the first model before there is one
     * @param takenRound after which that model came; 0: none
     */
    record Notes(
            String federation,
            String coordinatorKey,
            long round,
            String maskKey,
            String publicMaskKey,
            String seed,
            boolean sent,
            List<String> revealedFor,
            Optional<Double> taken,
            long takenRound) {}

    private SiteMemory(Path folder, Notes notes) {
        this.folder = folder;
        this.notes = notes;
    }

    static SiteMemory in(Path folder, String federation) throws IOException {
        Path file = folder.resolve(NOTES);
        if (!Files.exists(file)) {
            return new SiteMemory(
                    folder, new Notes(federation, "", 0, "", "", "", false, List.of(), Optional.empty(), 0));
        }
        Notes notes;
        try {
            notes = FederationJson.read(Files.readAllBytes(file), Notes.class);
        } catch (IOException e) {
            throw new IOException(file + ": cannot be read; remove it, and the site begins this round anew", e);
        }
        if (!notes.federation().equals(federation)) {
            throw new FederationException.Refused(file + ": this folder is of federation " + notes.federation()
                    + "; give another --state for " + federation);
        }
        return new SiteMemory(folder, notes);
    }

    Notes notes() {
        return notes;
    }

    Optional<String> coordinatorKey() {
        return notes.coordinatorKey().isEmpty() ? Optional.empty() : Optional.of(notes.coordinatorKey());
    }

    void joined(String coordinatorKey) throws IOException {
        save(new Notes(
                notes.federation(),
                coordinatorKey,
                notes.round(),
                notes.maskKey(),
                notes.publicMaskKey(),
                notes.seed(),
                notes.sent(),
                notes.revealedFor(),
                notes.taken(),
                notes.takenRound()));
    }

    /** A round begins, unless it is the one that was going on. */
    void enter(long round, boolean secure) throws IOException {
        if (round == notes.round()) {
            return;
        }
        Files.deleteIfExists(folder.resolve(UPDATE));
        String key = "";
        String publicKey = "";
        String seed = "";
        if (secure) {
            SecureSum.Secrets secrets = SecureSum.Secrets.generate(new SecureRandom());
            Base64.Encoder base64 = Base64.getEncoder();
            key = base64.encodeToString(AgreementKeys.scalar(secrets.maskKeys().getPrivate()));
            publicKey = base64.encodeToString(secrets.maskKeys().getPublic().getEncoded());
            seed = base64.encodeToString(secrets.seed());
        }
        save(new Notes(
                notes.federation(),
                notes.coordinatorKey(),
                round,
                key,
                publicKey,
                seed,
                false,
                List.of(),
                notes.taken(),
                notes.takenRound()));
    }

    /** The protected update of this round, from before it is first sent on: noise that is drawn twice hides less. */
    Optional<byte[]> update() throws IOException {
        return readBytes(UPDATE);
    }

    void update(byte[] values) throws IOException {
        write(UPDATE, values);
    }

    void sent() throws IOException {
        change(true, notes.revealedFor());
    }

    void revealing(List<String> survivors) throws IOException {
        change(notes.sent(), survivors);
    }

    private void change(boolean sent, List<String> revealedFor) throws IOException {
        save(new Notes(
                notes.federation(),
                notes.coordinatorKey(),
                notes.round(),
                notes.maskKey(),
                notes.publicMaskKey(),
                notes.seed(),
                sent,
                revealedFor,
                notes.taken(),
                notes.takenRound()));
    }

    /** The site takes a model, or notes what the first one is worth. */
    void taken(double auc, long round, float[] values) throws IOException {
        if (round > 0) {
            write(TAKEN, VectorBytes.of(values));
        }
        save(new Notes(
                notes.federation(),
                notes.coordinatorKey(),
                notes.round(),
                notes.maskKey(),
                notes.publicMaskKey(),
                notes.seed(),
                notes.sent(),
                notes.revealedFor(),
                Optional.of(auc),
                round));
    }

    SecureSum.Secrets secrets() throws GeneralSecurityException {
        Base64.Decoder base64 = Base64.getDecoder();
        return new SecureSum.Secrets(
                new KeyPair(
                        AgreementKeys.publicKey(base64.decode(notes.publicMaskKey())),
                        AgreementKeys.privateKey(base64.decode(notes.maskKey()))),
                base64.decode(notes.seed()));
    }

    /** The tensors that this site keeps to itself, with all others as they were then. */
    Optional<float[]> own() throws IOException {
        return read(OWN);
    }

    void own(float[] values) throws IOException {
        write(OWN, VectorBytes.of(values));
    }

    /** The last model that it took. */
    Optional<float[]> taken() throws IOException {
        return notes.takenRound() == 0 ? Optional.empty() : read(TAKEN);
    }

    private Optional<float[]> read(String name) throws IOException {
        return readBytes(name).map(VectorBytes::floats);
    }

    private Optional<byte[]> readBytes(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    private void save(Notes changed) throws IOException {
        write(NOTES, FederationJson.bytes(changed));
        notes = changed;
    }

    /** Beside the file, then moved: a kill leaves the old one whole. */
    private void write(String name, byte[] bytes) throws IOException {
        PrivateFiles.createDirectories(folder);
        Path beside = folder.resolve(name + ".part");
        Files.write(PrivateFiles.create(beside), bytes);
        Files.move(beside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
