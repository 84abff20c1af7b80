package io.unmask.detector.evidence;

import io.unmask.config.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Verifies a bundle of evidence with nothing but the bundle itself, and names everything that is wrong with it. */
public final class BundleCheck {
    /** Nothing of a bundle is as large as this. What unpacks to more is cut off here, and fails the check. */
    private static final int LARGEST_PART = 1 << 30;

    private final Map<String, byte[]> parts;
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

    private BundleCheck(Map<String, byte[]> parts) {
        this.parts = parts;
    }

    /** @throws IOException when the file is no bundle */
    public static Result check(Path file) throws IOException {
        Map<String, byte[]> parts = new HashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                parts.put(entry.getName(), zip.getInputStream(entry).readNBytes(LARGEST_PART));
            }
        } catch (ZipException e) {
            throw new IOException(
                    file + " is no ZIP file (" + e.getMessage() + "): give one that 'unmask evidence export' wrote", e);
        }
        for (String name : List.of(Bundle.MANIFEST, Bundle.SIGNATURE, Bundle.CHAIN, Bundle.REPORT)) {
            if (!parts.containsKey(name)) {
                throw new IOException(file + " has no " + name + ": it is no bundle of evidence");
            }
        }
        return new BundleCheck(parts).result();
    }

    private Result result() throws IOException {
        Bundle.Manifest manifest = Bundle.MAPPER.readValue(parts.get(Bundle.MANIFEST), Bundle.Manifest.class);
        Bundle.Signed signed = Bundle.MAPPER.readValue(parts.get(Bundle.SIGNATURE), Bundle.Signed.class);
        byte[] key = decoded(signed.publicKey());
        if (!SigningKey.verifies(key, parts.get(Bundle.MANIFEST), decoded(signed.signature()))) {
            breaches.add("the signature does not fit the manifest and the public key beside it");
        }
        if (!Sha256.of(parts.get(Bundle.REPORT)).equals(manifest.report())) {
            breaches.add("the report is not the one that was signed");
        }
        List<ChainEntry> entries = chain(manifest);
        pictures(entries);
        long erased = entries.stream()
                .flatMap(entry -> entry.erased().stream())
                .mapToLong(List::size)
                .sum();
        long events =
                entries.stream().filter(entry -> entry.event().isPresent()).count();
        long pictures = parts.keySet().stream()
                .filter(name -> name.startsWith(Bundle.PICTURES))
                .count();
        return new Result(manifest.stream(), Sha256.of(key), events, pictures, erased, manifest.models(), breaches);
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    /** The entries that can be read. An entry that does not follow from the one before it is a breach. */
    private List<ChainEntry> chain(Bundle.Manifest manifest) {
        String text = new String(parts.get(Bundle.CHAIN), StandardCharsets.UTF_8);
        List<ChainEntry> entries = new ArrayList<>();
        String previous = "";
        long number = 0;
        for (String line : text.lines().toList()) {
            Optional<ChainEntry> read = read(line, number + 1);
            if (read.isEmpty()) {
                number++;
                previous = Sha256.of(line);
                continue;
            }
            ChainEntry entry = read.get();
            if (entry.number() > number + 1) {
                breaches.add(missing(number + 1, entry.number() - 1));
            } else if (entry.number() <= number) {
                breaches.add("entry " + entry.number() + " comes after entry " + number);
            } else if (!entry.previous().equals(previous)) {
                breaches.add("entry " + number + " was changed after entry " + entry.number() + " was written");
            }
            number = entry.number();
            previous = Sha256.of(line);
            entries.add(entry);
        }
        if (number < manifest.entries()) {
            breaches.add(missing(number + 1, manifest.entries()));
        } else if (!previous.equals(manifest.head())) {
            breaches.add("entry " + number + ", the last one, is not the one that was signed");
        }
        return entries;
    }

    private static String missing(long from, long to) {
        return from == to ? "entry " + from + " is missing" : "entries " + from + " to " + to + " are missing";
    }

    private Optional<ChainEntry> read(String line, long number) {
        try {
            return Optional.of(EvidenceChain.entry(line.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            breaches.add("entry " + number + " cannot be read");
            return Optional.empty();
        }
    }

    private void pictures(List<ChainEntry> entries) {
        Set<String> known = new HashSet<>();
        for (ChainEntry entry : entries) {
            entry.file().ifPresent(known::add);
        }
        List<String> kept = Bundle.kept(entries);
        Map<String, String> digests = new HashMap<>();
        entries.forEach(entry ->
                entry.file().ifPresent(file -> digests.put(file, entry.sha256().orElse(""))));
        for (String file : kept) {
            byte[] picture = parts.get(Bundle.PICTURES + file);
            if (picture == null) {
                breaches.add("picture " + file + " is missing, and no entry says that it was erased");
            } else if (!Sha256.of(picture).equals(digests.get(file))) {
                breaches.add("picture " + file + " is not the one that was kept");
            }
        }
        parts.keySet().stream()
                .filter(name -> name.startsWith(Bundle.PICTURES))
                .map(name -> name.substring(Bundle.PICTURES.length()))
                .filter(name -> !kept.contains(name))
                .sorted()
                .forEach(name -> breaches.add(
                        known.contains(name)
                                ? "picture " + name + " is there, though an entry says that it was erased"
                                : "picture " + name + " belongs to no entry"));
    }
}
