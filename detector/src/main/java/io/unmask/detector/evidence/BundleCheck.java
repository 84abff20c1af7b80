package io.unmask.detector.evidence;

import io.unmask.config.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Verifies a bundle of evidence with nothing but the bundle itself, and names everything that is wrong with it. Parts are
 * read piece by piece, so that a small file that unpacks to a huge one (a ZIP bomb) does not fill the memory.
 */
public final class BundleCheck {
    /** A longer manifest or signature is cut off here. None that was exported is nearly as long. */
    private static final int MAX_JSON_BYTES = 16 << 20;

    private static final int MAX_BREACHES = 1000;
    private static final List<String> REQUIRED =
            List.of(Bundle.MANIFEST, Bundle.SIGNATURE, Bundle.CHAIN, Bundle.REPORT);

    private final ZipFile zip;
    private final Set<String> parts = new TreeSet<>();
    private final Set<String> pictures;
    private final List<String> breaches = new ArrayList<>();

    /**
     * The result of a check.
     *
     * @param stream whose evidence it is
     * @param signer SHA-256 of the public key. The bundle cannot prove whose key that is: compare it with one that you know
     * @param events number of events in the bundle
     * @param pictures number of pictures in the bundle
     * @param erased number of pictures that the chain says were erased
     * @param models digests of the models that judged
     * @param breaches one sentence for each part that is not as it was exported; empty when nothing is wrong
     */
    public record Result(
            String stream,
            String signer,
            long events,
            long pictures,
            long erased,
            List<String> models,
            List<String> breaches) {}

    private BundleCheck(ZipFile zip) {
        this.zip = zip;
        zip.stream().map(ZipEntry::getName).forEach(name -> {
            if (!parts.add(name)) {
                breach(name + " is in the bundle twice");
            }
        });
        this.pictures = parts.stream()
                .filter(name -> name.startsWith(Bundle.PICTURES))
                .map(name -> name.substring(Bundle.PICTURES.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * Verifies a bundle.
     *
     * @throws IOException when the file cannot be read or is not a bundle
     */
    public static Result check(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            BundleCheck check = new BundleCheck(zip);
            for (String name : REQUIRED) {
                if (!check.parts.contains(name)) {
                    throw new IOException(file + " has no " + name + ": it is not a bundle of evidence");
                }
            }
            return check.result();
        } catch (ZipException e) {
            throw new IOException(
                    file + " is not a ZIP file (" + e.getMessage() + "): give one that 'unmask evidence export' wrote",
                    e);
        }
    }

    private Result result() throws IOException {
        byte[] manifestBytes = json(Bundle.MANIFEST);
        Bundle.Manifest manifest = parsed(
                Bundle.MANIFEST,
                manifestBytes,
                Bundle.Manifest.class,
                new Bundle.Manifest(0, "", "", 0, "", "", List.of()));
        Bundle.Signed signed =
                parsed(Bundle.SIGNATURE, json(Bundle.SIGNATURE), Bundle.Signed.class, new Bundle.Signed("", "", ""));
        byte[] key = decoded(signed.publicKey());
        if (!SigningKey.verifies(key, manifestBytes, decoded(signed.signature()))) {
            breach("the signature does not match the manifest and the public key beside it");
        }
        if (!digest(Bundle.REPORT).equals(manifest.report())) {
            breach("the report is not the one that was signed");
        }
        ChainCheck chain = checkChain(manifest);
        checkPictures(chain);
        parts.stream()
                .filter(name -> !REQUIRED.contains(name) && !name.startsWith(Bundle.PICTURES))
                .forEach(name -> breach(name + " is no part of a bundle"));
        return new Result(
                manifest.stream(),
                Sha256.of(key),
                chain.events,
                pictures.size(),
                chain.erased,
                manifest.models(),
                breaches);
    }

    private ChainCheck checkChain(Bundle.Manifest manifest) throws IOException {
        ChainCheck chain = new ChainCheck();
        try (InputStream in = open(Bundle.CHAIN)) {
            Lines lines = new Lines(in);
            for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
                chain.add(line.get());
            }
        }
        chain.end(manifest);
        return chain;
    }

    private void breach(String what) {
        if (breaches.size() < MAX_BREACHES) {
            breaches.add(what);
        } else if (breaches.size() == MAX_BREACHES) {
            breaches.add("more is wrong than is listed here");
        }
    }

    private InputStream open(String part) throws IOException {
        return zip.getInputStream(zip.getEntry(part));
    }

    private byte[] json(String part) throws IOException {
        try (InputStream in = open(part)) {
            return in.readNBytes(MAX_JSON_BYTES);
        }
    }

    private String digest(String part) throws IOException {
        try (DigestInputStream in = new DigestInputStream(open(part), Sha256.digest())) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        }
    }

    /** Parses a part. One that cannot be parsed is a breach, and the check goes on with the fallback. */
    private <T> T parsed(String part, byte[] json, Class<T> type, T fallback) {
        try {
            T value = Bundle.MAPPER.readValue(json, type);
            if (value != null) {
                return value;
            }
        } catch (IOException e) {
            // It is a breach, as the JSON text "null" is.
        }
        breach(part + " cannot be read");
        return fallback;
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static String missing(long from, long to) {
        return from == to ? "entry " + from + " is missing" : "entries " + from + " to " + to + " are missing";
    }

    /** Checks the chain line by line. A line must have the next number and the digest of the line before it. */
    private final class ChainCheck {
        private final KeptPictures kept = new KeptPictures();
        private final Set<String> erasedButPresent = new HashSet<>();
        /** Digest of the last line. */
        private String head = "";
        /** Number of the last line. */
        private long number;

        private long events;
        private long erased;

        void add(byte[] line) {
            Optional<ChainEntry> entry = EvidenceChain.entry(line);
            if (entry.isPresent()) {
                checkOrder(entry.get());
                count(entry.get());
            } else {
                number++;
                breach("entry " + number + " cannot be read");
            }
            head = Sha256.of(line);
        }

        private void checkOrder(ChainEntry entry) {
            if (entry.number() > number + 1) {
                breach(missing(number + 1, entry.number() - 1));
            } else if (entry.number() <= number) {
                breach("entry " + entry.number() + " comes after entry " + number);
            } else if (!entry.previous().equals(head)) {
                breach("entry " + number + " was changed after entry " + entry.number() + " was written");
            }
            number = entry.number();
        }

        private void count(ChainEntry entry) {
            kept.add(entry);
            events += entry.event().isPresent() ? 1 : 0;
            for (String picture : entry.erased().orElse(List.of())) {
                erased++;
                if (pictures.contains(picture)) {
                    erasedButPresent.add(picture);
                }
            }
        }

        void end(Bundle.Manifest manifest) {
            if (number < manifest.entries()) {
                breach(missing(number + 1, manifest.entries()));
            } else if (!head.equals(manifest.head())) {
                breach("entry " + number + ", the last one, is not the one that was signed");
            }
        }
    }

    private void checkPictures(ChainCheck chain) throws IOException {
        Map<String, KeptPictures.Picture> kept = chain.kept.byName();
        for (Map.Entry<String, KeptPictures.Picture> picture : kept.entrySet()) {
            String name = picture.getKey();
            if (!pictures.contains(name)) {
                breach("picture " + name + " is missing, and no entry says that it was erased");
            } else if (!picture.getValue().sha256().equals(Optional.of(digest(Bundle.PICTURES + name)))) {
                breach("picture " + name + " is not the one that was kept");
            }
        }
        for (String picture : pictures) {
            if (!kept.containsKey(picture)) {
                breach(
                        chain.erasedButPresent.contains(picture)
                                ? "picture " + picture + " is there, though an entry says that it was erased"
                                : "picture " + picture + " belongs to no entry");
            }
        }
    }
}
