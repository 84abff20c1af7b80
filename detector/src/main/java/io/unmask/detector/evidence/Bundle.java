package io.unmask.detector.evidence;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.unmask.config.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * All evidence of one stream as a ZIP file: its chain, the pictures that were not erased, a report, and a signed manifest.
 * The manifest holds the digests of the chain, of the report and of the models that judged.
 */
final class Bundle {
    static final String CHAIN = "chain.jsonl";
    static final String REPORT = "report.html";
    static final String MANIFEST = "manifest.json";
    static final String SIGNATURE = "signature.json";
    static final String PICTURES = "pictures/";

    static final JsonMapper MAPPER = JsonMapper.builder().build();

    private final EvidenceChain chain;
    private final Path pictures;
    private final SigningKey key;

    /**
     * What the signature is about.
     *
     * @param entries of the chain
     * @param head SHA-256 of the chain's last line
     * @param report SHA-256 of the report
     * @param models digests of the models that judged
     */
    record Manifest(
            int format,
            String stream,
            String exportedAt,
            long entries,
            String head,
            String report,
            List<String> models) {}

    /** @param publicKey in base64, as {@code SubjectPublicKeyInfo} */
    record Signed(String algorithm, String publicKey, String signature) {}

    Bundle(EvidenceChain chain, Path pictures, SigningKey key) {
        this.chain = chain;
        this.pictures = pictures;
        this.key = key;
    }

    /** @param report made of the stream's events */
    void write(String stream, byte[] report, Instant now, OutputStream to) throws IOException {
        String lines = chain.lines();
        List<ChainEntry> entries = EvidenceChain.entries(lines);
        String last = lines.lines().reduce("", (before, line) -> line);
        Manifest manifest = new Manifest(
                1, stream, now.toString(), entries.size(), Sha256.of(last), Sha256.of(report), models(entries));
        byte[] signed = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
        Base64.Encoder base64 = Base64.getEncoder();
        try (ZipOutputStream zip = new ZipOutputStream(to)) {
            put(zip, MANIFEST, signed);
            Signed signature = new Signed(
                    "Ed25519", base64.encodeToString(key.publicKey()), base64.encodeToString(key.sign(signed)));
            put(zip, SIGNATURE, MAPPER.writeValueAsBytes(signature));
            put(zip, CHAIN, lines.getBytes(StandardCharsets.UTF_8));
            put(zip, REPORT, report);
            for (String file : kept(entries)) {
                put(zip, PICTURES + file, Files.readAllBytes(pictures.resolve(file)));
            }
        }
    }

    /** Names of the pictures that are there, in the order in which they came; one that was erased may be kept again. */
    static List<String> kept(List<ChainEntry> entries) {
        Set<String> kept = new LinkedHashSet<>();
        for (ChainEntry entry : entries) {
            entry.file().ifPresent(kept::add);
            entry.erased().ifPresent(kept::removeAll);
        }
        return List.copyOf(kept);
    }

    private static List<String> models(List<ChainEntry> entries) throws IOException {
        Set<String> digests = new TreeSet<>();
        for (ChainEntry entry : entries) {
            if (entry.event().isPresent()) {
                String digest = MAPPER.readTree(entry.event().get())
                        .path("data")
                        .path("model")
                        .path("digest")
                        .asText();
                if (!digest.isEmpty()) {
                    digests.add(digest);
                }
            }
        }
        return List.copyOf(digests);
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }
}
