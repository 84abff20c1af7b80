package io.unmask.detector.evidence;

import io.cloudevents.CloudEvent;
import io.unmask.config.PrivateFiles;
import io.unmask.config.Sha256;
import io.unmask.detector.verdict.EventFormatException;
import io.unmask.detector.verdict.EventLine;
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
 * The evidence that is kept in the folder {@code evidence/} of the data directory: pictures that support verdicts, and for
 * each stream a tamper-evident chain of its events and pictures. Thread-safe.
 */
public final class EvidenceFolder {
    private static final Logger LOG = LoggerFactory.getLogger(EvidenceFolder.class);
    private static final int MAX_NAME_LENGTH = 64;
    private static final String CHAINS = "chains";
    private static final String CHAIN_SUFFIX = ".jsonl";
    private static final String SAFE_CHARACTERS = "A-Za-z0-9_-";
    /** The pictures that {@link #write} makes, and their temporary files. Of files that no chain names, only these are erased. */
    private static final Pattern OWN_FILES = Pattern.compile(".+-face-\\d+-\\d+us\\.jpg|picture\\d+\\.part");

    /** A younger file that no chain names may be a picture whose entry is about to be written. */
    private static final Duration MIN_AGE_UNNAMED = Duration.ofMinutes(1);

    /** Events of the stream wait while pictures are erased, so that this is done in portions of so many. */
    private static final int MAX_ERASED_AT_ONCE = 1000;

    private final Path folder;
    private final Clock clock;
    /** By the name of a chain, its pictures. {@link #erase} is called often and reads only what was added since. */
    private final Map<String, KeptPictures> picturesByName = new HashMap<>();

    /**
     * Opens the evidence of a data directory; nothing is written yet.
     *
     * @param clock tells when evidence was kept
     */
    public EvidenceFolder(Path dataDirectory, Clock clock) {
        this.folder = dataDirectory.resolve("evidence");
        this.clock = clock;
    }

    /**
     * Writes a face's picture and appends it to the stream's chain. Writing the same picture again changes nothing.
     *
     * @return the reference by which the face's verdict names the picture
     * @throws IOException when the picture or its entry cannot be written; then no part of the picture stays
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
            chain(stream.id()).whileLocked(chain -> {
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
                try {
                    chain.append(List.of(ChainEntry.Content.picture(name, digest)));
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

    /** Whether both the folder and the chain have the picture. After a crash it may be in the folder alone. */
    private boolean isKept(String stream, Path picture, String digest) throws IOException {
        if (!Files.exists(picture) || !Sha256.of(Files.readAllBytes(picture)).equals(digest)) {
            return false;
        }
        KeptPictures pictures = new KeptPictures();
        pictures.readOn(chain(stream));
        return Optional.ofNullable(pictures.byName().get(picture.getFileName().toString()))
                .flatMap(KeptPictures.Picture::sha256)
                .equals(Optional.of(digest));
    }

    private static Verdict.Evidence evidence(Path picture, String digest) {
        return new Verdict.Evidence(picture.toUri().toString(), digest, Snapshot.MEDIA_TYPE);
    }

    /**
     * Appends events to the chains of their streams.
     *
     * @throws IOException when they cannot be written
     */
    public void keep(List<CloudEvent> events) throws IOException {
        Map<String, List<ChainEntry.Content>> streams = new LinkedHashMap<>();
        for (CloudEvent event : events) {
            String json = new String(EventLine.of(event), StandardCharsets.UTF_8);
            streams.computeIfAbsent(VerdictEvent.key(event), none -> new ArrayList<>())
                    .add(ChainEntry.Content.event(json));
        }
        for (Map.Entry<String, List<ChainEntry.Content>> stream : streams.entrySet()) {
            chain(stream.getKey()).append(stream.getValue());
        }
    }

    /**
     * How much is kept of a stream.
     *
     * @param stream its id, as events name it
     * @param events number of events in the chain
     * @param pictures number of pictures that were not erased
     * @param first time of the chain's first line that can be parsed; empty when there is none
     * @param last time of the last such line
     * @param unreadable number of lines that cannot be parsed
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
            chainNamed(name).read(0, tally);
            tally.kept().ifPresent(streams::add);
        }
        return streams;
    }

    /** Whether anything is kept of a stream. */
    public boolean has(String stream) {
        return Files.exists(chain(stream).file());
    }

    /** Passes on the verdicts that were kept of a stream, the oldest first. One that cannot be parsed is left out. */
    public void verdicts(String stream, Consumer<Verdict> to) throws IOException {
        chain(stream).read(0, (line, entry) -> entry.flatMap(ChainEntry::event)
                .flatMap(EvidenceFolder::verdict)
                .ifPresent(to));
    }

    private static Optional<Verdict> verdict(String json) {
        try {
            return Optional.of(EventLine.parse(json.getBytes(StandardCharsets.UTF_8)))
                    .filter(VerdictEvent::isVerdict)
                    .map(VerdictEvent::parse);
        } catch (EventFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Erases pictures for good, also those that a crash left without an entry in a chain. The chain of each stream says which
     * pictures were erased, when and why; all else in it stays.
     *
     * @param stream whose pictures; absent for those of all streams
     * @param before pictures that were kept before this time
     * @param why is written into the chain
     * @return how many pictures were erased, without those that no chain names
     * @throws IOException when a chain or a picture could not be changed. All that could be erased is erased then, and the chains
     *     say so
     */
    public synchronized int erase(Optional<String> stream, Instant before, String why) throws IOException {
        int erased = 0;
        List<IOException> failures = new ArrayList<>();
        for (String name : stream.isPresent() ? Set.of(fileName(stream.get())) : names()) {
            try {
                erased += eraseStream(name, before, why);
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

    private int eraseStream(String name, Instant before, String why) throws IOException {
        EvidenceChain chain = chainNamed(name);
        Path home = folder.resolve(name);
        KeptPictures pictures = picturesByName.computeIfAbsent(name, none -> new KeptPictures());
        pictures.readOn(chain);
        List<String> due = pictures.byName().entrySet().stream()
                .filter(picture -> picture.getValue().time().isBefore(before))
                .map(Map.Entry::getKey)
                .toList();
        for (int i = 0; i < due.size(); i += MAX_ERASED_AT_ONCE) {
            List<String> portion = due.subList(i, Math.min(i + MAX_ERASED_AT_ONCE, due.size()));
            chain.whileLocked(locked -> {
                // The entry comes first. If a crash follows, no chain names the pictures, and they are erased the next
                // time.
                locked.append(List.of(ChainEntry.Content.erasure(portion, why)));
                for (String picture : portion) {
                    Files.deleteIfExists(home.resolve(picture));
                }
            });
        }
        pictures.readOn(chain);
        eraseUnnamed(home, pictures.byName().keySet(), before);
        return due.size();
    }

    private void eraseUnnamed(Path home, Set<String> named, Instant before) throws IOException {
        Instant oldEnough = clock.instant().minus(MIN_AGE_UNNAMED);
        Instant unnamedBefore = before.isBefore(oldEnough) ? before : oldEnough;
        for (Path file : filesIfReadable(home)) {
            String name = file.getFileName().toString();
            if (OWN_FILES.matcher(name).matches() && !named.contains(name) && isOlder(file, unnamedBefore)) {
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

    /** The names by which chains and folders of pictures are called after their streams, see {@link #fileName}. */
    private Set<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path chain : files(folder.resolve(CHAINS))) {
            String file = chain.getFileName().toString();
            if (file.endsWith(CHAIN_SUFFIX)) {
                names.add(file.substring(0, file.length() - CHAIN_SUFFIX.length()));
            }
        }
        for (Path pictures : files(folder)) {
            String name = pictures.getFileName().toString();
            if (Files.isDirectory(pictures) && !name.equals(CHAINS) && name.matches("[" + SAFE_CHARACTERS + "]+")) {
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
     * @return how many lines of its chain cannot be parsed; they are exported as they are
     * @throws IOException when there is no evidence of the stream, or it cannot be read or written
     */
    public long export(String stream, byte[] report, OutputStream to) throws IOException {
        if (!has(stream)) {
            throw new IOException("there is no evidence of a stream " + stream + " in " + folder);
        }
        return new Bundle(chain(stream), folder.resolve(fileName(stream)), SigningKey.in(folder))
                .write(stream, report, clock.instant(), to);
    }

    private EvidenceChain chain(String stream) {
        return chainNamed(fileName(stream));
    }

    private EvidenceChain chainNamed(String name) {
        return new EvidenceChain(folder.resolve(CHAINS).resolve(name + CHAIN_SUFFIX), clock);
    }

    /** The text itself if it is safe as the name of a file, else its safe characters with a digest that makes them unique. */
    private static String fileName(String text) {
        String safe = text.replaceAll("[^" + SAFE_CHARACTERS + "]", "_");
        boolean isReserved = text.equalsIgnoreCase(CHAINS) || text.equalsIgnoreCase(SigningKey.FILE);
        if (safe.equals(text) && text.length() <= MAX_NAME_LENGTH && !text.isEmpty() && !isReserved) {
            return text;
        }
        String start = safe.substring(0, Math.min(MAX_NAME_LENGTH, safe.length()));
        return start + "-" + Sha256.of(text).substring(0, 12);
    }
}
