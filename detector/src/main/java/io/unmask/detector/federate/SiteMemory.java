package io.unmask.detector.federate;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.unmask.config.PrivateFiles;
import io.unmask.model.federate.AgreementKeys;
import io.unmask.model.federate.SecureSum;
import io.unmask.model.federate.VectorBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * What a site must still know after a crash: which coordinator it joined, its secrets of the round, what it has sent and
 * revealed, and the last model that it took. It is kept in files that only the user can read.
 */
final class SiteMemory {
    private static final String NOTES = "site.json";
    private static final String OWN = "own.bin";
    private static final String TAKEN = "taken.bin";
    private static final String UPDATE = "update.bin";

    private final Path folder;
    private Notes notes;

    /**
     * The content of {@code site.json}, a flat object.
     *
     * @param federation name
     * @param coordinatorKey of the coordinator that the site joined; empty before it joined one
     */
    record Notes(
            String federation, String coordinatorKey, @JsonUnwrapped Current current, @JsonUnwrapped Models models) {}

    /**
     * The round for which the site last announced itself.
     *
     * @param round its number
     * @param maskKey private key of the masks that pairs of sites share, Base64 of its 32 bytes; empty without masks
     * @param publicMaskKey X.509, Base64
     * @param seed of the mask that no other site shares, Base64
     * @param sent whether the update of the round was sent
     * @param revealedFor the survivors for whom shares were revealed: no other list is served in this round
     */
    record Current(
            long round, String maskKey, String publicMaskKey, String seed, boolean sent, List<String> revealedFor) {
        static final Current NONE = new Current(0, "", "", "", false, List.of());
    }

    /**
     * How the site has judged the federation's models.
     *
     * @param judged digest of the last model that it judged
     * @param taken AUC of the last model that it took; of the first model before it took any
     * @param takenRound the round that made the last model that it took; 0: none
     */
    record Models(Optional<String> judged, Optional<Double> taken, long takenRound) {
        static final Models NONE = new Models(Optional.empty(), Optional.empty(), 0);
    }

    private SiteMemory(Path folder, Notes notes) {
        this.folder = folder;
        this.notes = notes;
    }

    static SiteMemory in(Path folder, String federation) throws IOException {
        Path file = folder.resolve(NOTES);
        if (!Files.exists(file)) {
            return new SiteMemory(folder, new Notes(federation, "", Current.NONE, Models.NONE));
        }
        Notes notes;
        try {
            ObjectNode kept = FederationJson.read(Files.readAllBytes(file), ObjectNode.class);
            if (!kept.has("judged")) {
                kept.putNull("judged"); // earlier versions of unmask do not write it
            }
            notes = FederationJson.read(FederationJson.bytes(kept), Notes.class);
        } catch (IOException e) {
            throw new IOException(
                    file + ": cannot be read; remove it, and the site joins the next round as if it had taken no model,"
                            + " of the first coordinator that it meets",
                    e);
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
        save(new Notes(notes.federation(), coordinatorKey, notes.current(), notes.models()));
    }

    /** Begins a round with new secrets, unless the site is in this round already. */
    void enter(long round, boolean secure) throws IOException {
        if (round == notes.current().round()) {
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
        save(new Current(round, key, publicKey, seed, false, List.of()));
    }

    /** The protected update of this round. It is kept before it is sent: noise that is drawn twice hides less. */
    Optional<byte[]> update() throws IOException {
        return readBytes(UPDATE);
    }

    void update(byte[] values) throws IOException {
        write(UPDATE, values);
    }

    void sent() throws IOException {
        change(true, notes.current().revealedFor());
    }

    void revealing(List<String> survivors) throws IOException {
        change(notes.current().sent(), survivors);
    }

    private void change(boolean sent, List<String> revealedFor) throws IOException {
        Current now = notes.current();
        save(new Current(now.round(), now.maskKey(), now.publicMaskKey(), now.seed(), sent, revealedFor));
    }

    private void save(Current current) throws IOException {
        save(new Notes(notes.federation(), notes.coordinatorKey(), current, notes.models()));
    }

    /** Keeps a judgement, and the values of the judged model when the site takes it. */
    void judged(Models models, Optional<float[]> values) throws IOException {
        if (values.isPresent()) {
            write(TAKEN, VectorBytes.of(values.get()));
        }
        save(new Notes(notes.federation(), notes.coordinatorKey(), notes.current(), models));
    }

    SecureSum.Secrets secrets() throws GeneralSecurityException {
        Base64.Decoder base64 = Base64.getDecoder();
        return new SecureSum.Secrets(
                new KeyPair(
                        AgreementKeys.publicKey(base64.decode(notes.current().publicMaskKey())),
                        AgreementKeys.privateKey(base64.decode(notes.current().maskKey()))),
                base64.decode(notes.current().seed()));
    }

    /** The whole model as this site last trained it, for the tensors that the site keeps to itself. */
    Optional<float[]> own() throws IOException {
        return read(OWN);
    }

    void own(float[] values) throws IOException {
        write(OWN, VectorBytes.of(values));
    }

    /** The last model that it took. */
    Optional<float[]> taken() throws IOException {
        return notes.models().takenRound() == 0 ? Optional.empty() : read(TAKEN);
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

    private void write(String name, byte[] bytes) throws IOException {
        PrivateFiles.replace(folder.resolve(name), bytes);
    }
}
