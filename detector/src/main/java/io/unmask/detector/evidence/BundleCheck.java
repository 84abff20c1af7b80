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
 * Verifies a bundle of evidence with nothing but the bundle itself, and names everything that is wrong with it. Whatever a file
 * unpacks to, only a small part of it is held at a time.
 */
public final class BundleCheck {
    /** No manifest and no signature is as large as this. What unpacks to more is cut off here, and cannot be read. */
    private static final int LARGEST_FORM = 16 << 20;

    private static final int MOST_BREACHES = 1000;
    private static final List<String> FORMS = List.of(Bundle.MANIFEST, Bundle.SIGNATURE, Bundle.CHAIN, Bundle.REPORT);

    private final ZipFile zip;
    private final Set<String> parts = new TreeSet<>();
    private final Set<String> pictures;
    private final List<String> breaches = new ArrayList<>();

    /**
     * What a check came to.
     *
     * @param stream whose evidence it is
     * @param signer SHA-256 of the public key. The bundle cannot prove whose key that is: compare it with one that you know
     * @param events number of events in the bundle
     * @param pictures number of pictures in the bundle
     * @param erased number of pictures that the chain says were erased
     * @param models digests of the models that judged
     * @param breaches what is not as it was when it was exported; empty when nothing is wrong
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
                breach(name + " is in it twice");
            }
        });
        this.pictures = parts.stream()
                .filter(name -> name.startsWith(Bundle.PICTURES))
                .map(name -> name.substring(Bundle.PICTURES.length()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** @throws IOException when the file is no bundle */
    public static Result check(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            BundleCheck check = new BundleCheck(zip);
            for (String name : FORMS) {
                if (!check.parts.contains(name)) {
                    throw new IOException(file + " has no " + name + ": it is no bundle of evidence");
                }
            }
            return check.result();
        } catch (ZipException e) {
            throw new IOException(
                    file + " is no ZIP file (" + e.getMessage() + "): give one that 'unmask evidence export' wrote", e);
        }
    }

    private Result result() throws IOException {
        byte[] manifestBytes = form(Bundle.MANIFEST);
        Bundle.Manifest manifest = read(
                Bundle.MANIFEST,
                manifestBytes,
                Bundle.Manifest.class,
                new Bundle.Manifest(0, "", "", 0, "", "", List.of()));
        Bundle.Signed signed =
                read(Bundle.SIGNATURE, form(Bundle.SIGNATURE), Bundle.Signed.class, new Bundle.Signed("", "", ""));
        byte[] key = decoded(signed.publicKey());
        if (!SigningKey.verifies(key, manifestBytes, decoded(signed.signature()))) {
            breach("the signature does not fit the manifest and the public key beside it");
        }
        if (!digest(Bundle.REPORT).equals(manifest.report())) {
            breach("the report is not the one that was signed");
        }
        Chain chain = new Chain();
        try (InputStream in = open(Bundle.CHAIN)) {
            Lines lines = new Lines(in);
            for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
                chain.add(line.get());
            }
        }
        chain.end(manifest);
        compare(chain);
        parts.stream()
                .filter(name -> !FORMS.contains(name) && !name.startsWith(Bundle.PICTURES))
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

    private void breach(String what) {
        if (breaches.size() < MOST_BREACHES) {
            breaches.add(what);
        } else if (breaches.size() == MOST_BREACHES) {
            breaches.add("and more than that");
        }
    }

    private InputStream open(String part) throws IOException {
        return zip.getInputStream(zip.getEntry(part));
    }

    private byte[] form(String part) throws IOException {
        try (InputStream in = open(part)) {
            return in.readNBytes(LARGEST_FORM);
        }
    }

    private String digest(String part) throws IOException {
        try (DigestInputStream in = new DigestInputStream(open(part), Sha256.digest())) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        }
    }

    /** What a part says; what cannot be read says nothing. */
    private <T> T read(String part, byte[] json, Class<T> type, T nothing) {
        try {
            T read = Bundle.MAPPER.readValue(json, type);
            if (read != null) {
                return read;
            }
        } catch (IOException e) {
            // It is named below.
        }
        breach(part + " cannot be read");
        return nothing;
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

    /** Follows the chain. An entry that does not follow from the one before it is a breach. */
    private final class Chain {
        private final KeptPictures<Optional<String>> kept = new KeptPictures<>(ChainEntry::sha256);
        private final Set<String> erasedButThere = new HashSet<>();
        private String previous = "";
        private long number;
        private long events;
        private long erased;

        void add(byte[] line) {
            Optional<ChainEntry> read = EvidenceChain.entry(line);
            if (read.isPresent()) {
                follow(read.get());
                count(read.get());
            } else {
                number++;
                breach("entry " + number + " cannot be read");
            }
            previous = Sha256.of(line);
        }

        private void follow(ChainEntry entry) {
            if (entry.number() > number + 1) {
                breach(missing(number + 1, entry.number() - 1));
            } else if (entry.number() <= number) {
                breach("entry " + entry.number() + " comes after entry " + number);
            } else if (!entry.previous().equals(previous)) {
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
                    erasedButThere.add(picture);
                }
            }
        }

        void end(Bundle.Manifest manifest) {
            if (number < manifest.entries()) {
                breach(missing(number + 1, manifest.entries()));
            } else if (!previous.equals(manifest.head())) {
                breach("entry " + number + ", the last one, is not the one that was signed");
            }
        }
    }

    private void compare(Chain chain) throws IOException {
        Map<String, Optional<String>> kept = chain.kept.byName();
        for (String picture : kept.keySet()) {
            if (!pictures.contains(picture)) {
                breach("picture " + picture + " is missing, and no entry says that it was erased");
            } else if (!kept.get(picture).equals(Optional.of(digest(Bundle.PICTURES + picture)))) {
                breach("picture " + picture + " is not the one that was kept");
            }
        }
        for (String picture : pictures) {
            if (!kept.containsKey(picture)) {
                breach(
                        chain.erasedButThere.contains(picture)
                                ? "picture " + picture + " is there, though an entry says that it was erased"
                                : "picture " + picture + " belongs to no entry");
            }
        }
    }
}
