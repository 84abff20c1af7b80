package io.unmask.detector.evidence;

import io.cloudevents.CloudEvent;
import io.unmask.config.PrivateFiles;
import io.unmask.config.Sha256;
import io.unmask.detector.verdict.EventFormatException;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evidence below {@code evidence/} in the data directory: pictures that support verdicts, and for each stream a chain of its
 * events and pictures, in which a later change shows. Thread-safe.
 */
public final class EvidenceFolder {
    private static final Logger LOG = LoggerFactory.getLogger(EvidenceFolder.class);
    private static final int NAME_LENGTH = 64;
    private static final String CHAINS = "chains";
    private static final String CHAIN = ".jsonl";
    private static final String SAFE = "A-Za-z0-9_-";
    /** What {@link #write} makes. */
    private static final Pattern OURS = Pattern.compile(".+-face-\\d+-\\d+us\\.jpg|picture\\d+\\.part");

    private static final Duration SETTLED = Duration.ofMinutes(1);
    /** Pictures erased in one go: no event is kept meanwhile. */
    private static final int MOST_AT_ONCE = 1000;

    private final Path folder;
    private final Clock clock;
    /** When the pictures were kept, as far as the chains were read. */
    private final Map<String, KeptPictures<Instant>> read = new HashMap<>();

    /** @param clock tells when evidence was kept */
    public EvidenceFolder(Path dataDirectory, Clock clock) {
        this.folder = dataDirectory.resolve("evidence");
        this.clock = clock;
    }

    /**
     * Writes a face's picture, and then its entry; writing the same one again changes nothing.
     *
     * @return the picture's entry for the face's verdict
     * @throws IOException when the disk refuses it; then no part of the picture stays
     */
    public Verdict.Evidence write(Verdict.Stream stream, int track, Snapshot picture) throws IOException {
        Path home = PrivateFiles.createDirectories(folder.resolve(fileName(stream.id())));
        String name = fileName(stream.session()) + "-face-" + track + "-" + picture.timeMicros() + "us.jpg";
        Path file = home.resolve(name);
        String digest = Sha256.of(picture.jpeg());
        if (isKept(stream.id(), file, digest)) {
            return evidence(file, digest);
        }
        Path part = Files.createTempFile(home, "picture", ".part");
        try {
            Files.write(part, picture.jpeg());
            chain(stream.id()).alone(end -> {
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                try {
                    end.add(List.of(ChainEntry.Content.picture(name, digest)));
                } catch (IOException e) {
                    Files.deleteIfExists(file);
                    throw e;
                }
            });
        } finally {
            Files.deleteIfExists(part);
        }
        return evidence(file, digest);
    }

    /** Whether the picture is kept and stands in the chain. A crash may have left a picture that does not. */
    private boolean isKept(String stream, Path picture, String digest) throws IOException {
        if (!Files.exists(picture) || !Sha256.of(Files.readAllBytes(picture)).equals(digest)) {
            return false;
        }
        KeptPictures<Optional<String>> pictures = new KeptPictures<>(ChainEntry::sha256);
        pictures.readOn(chain(stream));
        return Optional.of(digest)
                .equals(pictures.byName().get(picture.getFileName().toString()));
    }

    private static Verdict.Evidence evidence(Path picture, String digest) {
        return new Verdict.Evidence(picture.toUri().toString(), digest, Snapshot.MEDIA_TYPE);
    }

    /**
     * Keeps events in the chains of their streams.
     *
     * @throws IOException when the disk does not take them
     */
    public void keep(List<CloudEvent> events) throws IOException {
        Map<String, List<ChainEntry.Content>> streams = new LinkedHashMap<>();
        for (CloudEvent event : events) {
            String json = new String(VerdictEvent.toJson(event), StandardCharsets.UTF_8);
            streams.computeIfAbsent(VerdictEvent.key(event), none -> new ArrayList<>())
                    .add(ChainEntry.Content.event(json));
        }
        for (Map.Entry<String, List<ChainEntry.Content>> stream : streams.entrySet()) {
            chain(stream.getKey()).add(stream.getValue());
        }
    }

    /**
     * What is kept of a stream.
     *
     * @param stream its id, as events name it
     * @param pictures that are not erased
     * @param first when something was kept of it first; empty when no line can be read
     * @param last when something was kept of it last
     * @param unreadable lines of the chain that are not as they were written
     */
    public record Kept(
            String stream,
            long events,
            int pictures,
            Optional<Instant> first,
            Optional<Instant> last,
            long unreadable) {}

    /** All streams of which anything is kept. */
    public List<Kept> streams() throws IOException {
        List<Kept> streams = new ArrayList<>();
        for (String name : names()) {
            ChainTally tally = new ChainTally(name);
            named(name).read(0, tally);
            tally.kept().ifPresent(streams::add);
        }
        return streams;
    }

    /** Whether anything is kept of a stream. */
    public boolean has(String stream) {
        return Files.exists(chain(stream).file());
    }

    /** Gives the verdicts that were kept of a stream, the oldest first; one that cannot be read is passed over. */
    public void verdicts(String stream, Consumer<Verdict> to) throws IOException {
        chain(stream).read(0, (line, entry) -> entry.flatMap(ChainEntry::event)
                .flatMap(EvidenceFolder::verdict)
                .ifPresent(to));
    }

    private static Optional<Verdict> verdict(String json) {
        try {
            return Optional.of(VerdictEvent.fromJson(json.getBytes(StandardCharsets.UTF_8)))
                    .filter(VerdictEvent::isVerdict)
                    .map(VerdictEvent::parse);
        } catch (EventFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Erases pictures for good, also those that no chain names. The chain of each stream says which pictures, when
     * and why; all else in it stays.
     *
     * @param stream whose pictures; absent for those of all streams
     * @param before pictures that were kept before this time
     * @param why is written into the chain
     * @return how many were erased
     * @throws IOException when the disk refuses; all that could be erased is then erased, and the chains say so
     */
    public synchronized int erase(Optional<String> stream, Instant before, String why) throws IOException {
        int erased = 0;
        List<IOException> failures = new ArrayList<>();
        for (String name : stream.isPresent() ? Set.of(fileName(stream.get())) : names()) {
            try {
                erased += erase(name, before, why);
            } catch (IOException e) {
                failures.add(e);
            }
        }
        if (!failures.isEmpty()) {
            IOException first = failures.remove(0);
            failures.forEach(first::addSuppressed);
            throw first;
        }
        return erased;
    }

    private int erase(String name, Instant before, String why) throws IOException {
        EvidenceChain chain = named(name);
        Path home = folder.resolve(name);
        KeptPictures<Instant> pictures = read.computeIfAbsent(name, none -> new KeptPictures<>(ChainEntry::time));
        pictures.readOn(chain);
        List<String> due = pictures.byName().entrySet().stream()
                .filter(picture -> picture.getValue().isBefore(before))
                .map(Map.Entry::getKey)
                .toList();
        for (int i = 0; i < due.size(); i += MOST_AT_ONCE) {
            List<String> some = due.subList(i, Math.min(i + MOST_AT_ONCE, due.size()));
            chain.alone(end -> {
                // The chain first: a picture that a crash leaves behind is then one that no chain names.
                end.add(List.of(ChainEntry.Content.erasure(some, why)));
                for (String picture : some) {
                    Files.deleteIfExists(home.resolve(picture));
                }
            });
        }
        pictures.readOn(chain);
        eraseUnnamed(home, pictures.byName().keySet(), before);
        return due.size();
    }

    private void eraseUnnamed(Path home, Set<String> named, Instant before) throws IOException {
        // What is new may be a picture whose entry is being written.
        Instant settled = clock.instant().minus(SETTLED);
        Instant unnamedBefore = before.isBefore(settled) ? before : settled;
        for (Path file : filesIfReadable(home)) {
            String name = file.getFileName().toString();
            if (OURS.matcher(name).matches() && !named.contains(name) && isOlder(file, unnamedBefore)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static List<Path> filesIfReadable(Path folder) {
        try {
            return files(folder);
        } catch (IOException e) {
            LOG.warn("{} cannot be read; pictures in it that no chain names are not erased", folder, e);
            return List.of();
        }
    }

    private static boolean isOlder(Path file, Instant than) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.getLastModifiedTime(file).toInstant().isBefore(than);
    }

    /** What the files and folders of all streams are called. */
    private Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path chain : files(folder.resolve(CHAINS))) {
            String file = chain.getFileName().toString();
            if (file.endsWith(CHAIN)) {
                names.add(file.substring(0, file.length() - CHAIN.length()));
            }
        }
        for (Path pictures : files(folder)) {
            String name = pictures.getFileName().toString();
            if (Files.isDirectory(pictures) && !name.equals(CHAINS) && name.matches("[" + SAFE + "]+")) {
                names.add(name);
            }
        }
        return names;
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Writes all evidence of a stream as a bundle that can be verified without this folder.
     *
     * @param report made of the stream's events
     * @return how many lines of its chain are not as they were written
     * @throws IOException when there is no evidence of it, or the disk refuses
     */
    public long export(String stream, byte[] report, OutputStream to) throws IOException {
        if (!has(stream)) {
            throw new IOException("there is no evidence of a stream " + stream + " in " + folder);
        }
        return new Bundle(chain(stream), folder.resolve(fileName(stream)), SigningKey.in(folder))
                .write(stream, report, clock.instant(), to);
    }

    private EvidenceChain chain(String stream) {
        return named(fileName(stream));
    }

    private EvidenceChain named(String name) {
        return new EvidenceChain(folder.resolve(CHAINS).resolve(name + CHAIN), clock);
    }

    /** The text itself where it is a safe name, else its safe characters and a digest that keeps it apart. */
    private static String fileName(String text) {
        String safe = text.replaceAll("[^" + SAFE + "]", "_");
        boolean taken = text.equalsIgnoreCase(CHAINS) || text.equalsIgnoreCase(SigningKey.FILE);
        if (safe.equals(text) && text.length() <= NAME_LENGTH && !text.isEmpty() && !taken) {
            return text;
        }
        String start = safe.substring(0, Math.min(NAME_LENGTH, safe.length()));
        return start + "-" + Sha256.of(text).substring(0, 12);
    }
}
