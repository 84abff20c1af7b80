package io.unmask.detector.evidence;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.unmask.config.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * All evidence of one stream as a ZIP file: its chain, the pictures that were not erased, a report, and a signed manifest.
 * The manifest holds the digests of the chain's last line, of the report and of the models that judged. The chain holds the
 * digests of the pictures.
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
     * What is signed.
     *
     * @param entries number of lines in the chain
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
            List<String> models) {
        Manifest {
            // Jackson passes null for a field that the file lacks.
            Objects.requireNonNull(stream);
            Objects.requireNonNull(head);
            models = List.copyOf(models);
        }
    }

    /**
     * The manifest's signature.
     *
     * @param publicKey in base64, as {@code SubjectPublicKeyInfo}
     * @param signature in base64
     */
    record Signed(String algorithm, String publicKey, String signature) {
        Signed {
            Objects.requireNonNull(publicKey);
            Objects.requireNonNull(signature);
        }
    }

    Bundle(EvidenceChain chain, Path pictures, SigningKey key) {
        this.chain = chain;
        this.pictures = pictures;
        this.key = key;
    }

    /**
     * Writes the bundle.
     *
     * @param report made of the stream's events
     * @return how many lines of the chain cannot be parsed
     */
    long write(String stream, byte[] report, Instant now, OutputStream to) throws IOException {
        Contents contents = new Contents();
        long end = chain.read(0, contents);
        Manifest manifest = new Manifest(
                1,
                stream,
                now.toString(),
                contents.lines,
                contents.head,
                Sha256.of(report),
                List.copyOf(contents.models));
        byte[] signed = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest);
        Base64.Encoder base64 = Base64.getEncoder();
        try (ZipOutputStream zip = new ZipOutputStream(to)) {
            put(zip, MANIFEST, signed);
            Signed signature = new Signed(
                    "Ed25519", base64.encodeToString(key.publicKey()), base64.encodeToString(key.sign(signed)));
            put(zip, SIGNATURE, MAPPER.writeValueAsBytes(signature));
            zip.putNextEntry(new ZipEntry(CHAIN));
            chain.copy(end, zip);
            zip.closeEntry();
            put(zip, REPORT, report);
            for (String file : contents.pictures.byName().keySet()) {
                put(zip, PICTURES + file, Files.readAllBytes(pictures.resolve(file)));
            }
        }
        return contents.unreadable;
    }

    /** Reads from a chain what the bundle needs to know of it. */
    private static final class Contents implements EvidenceChain.Reader {
        private final KeptPictures pictures = new KeptPictures();
        private final Set<String> models = new TreeSet<>();
        private long lines;
        private long unreadable;
        private String head = "";

        @Override
        public void line(byte[] line, Optional<ChainEntry> entry) {
            lines++;
            head = Sha256.of(line);
            entry.ifPresentOrElse(pictures::add, () -> unreadable++);
            entry.flatMap(ChainEntry::event).flatMap(Bundle::modelDigest).ifPresent(models::add);
        }
    }

    /** The digest of the model that judged, if the event has one. */
    private static Optional<String> modelDigest(String event) {
        try {
            String digest = MAPPER.readTree(event)
                    .path("data")
                    .path("model")
                    .path("digest")
                    .asText();
            return Optional.of(digest).filter(text -> !text.isEmpty());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content);
        zip.closeEntry();
    }
}
