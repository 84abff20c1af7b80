package io.unmask.detector.evidence;

import io.cloudevents.CloudEvent;
import io.unmask.config.PrivateFiles;
import io.unmask.config.Sha256;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Evidence below {@code evidence/} in the data directory: pictures that support verdicts, and for each stream a chain of its
 * events and pictures, in which a later change shows. Thread-safe.
 */
public final class EvidenceFolder {
    private static final int NAME_LENGTH = 64;
    private static final String CHAINS = "chains";

    private final Path folder;
    private final Clock clock;

    /** @param clock tells when evidence was kept */
    public EvidenceFolder(Path dataDirectory, Clock clock) {
        this.folder = dataDirectory.resolve("evidence");
        this.clock = clock;
    }

    /**
     * Writes a face's picture; writing the same one again changes nothing.
     *
     * @return the picture's entry for the face's verdict
     * @throws IOException when the disk refuses it; then no part of the picture stays
     */
    public Verdict.Evidence write(Verdict.Stream stream, int track, Snapshot picture) throws IOException {
        Path home = PrivateFiles.createDirectories(folder.resolve(fileName(stream.id())));
        String name = fileName(stream.session()) + "-face-" + track + "-" + picture.timeMicros() + "us.jpg";
        String digest = Sha256.of(picture.jpeg());
        if (isKept(stream.id(), home.resolve(name), digest)) {
            return evidence(home.resolve(name), digest);
        }
        Path part = Files.createTempFile(home, "picture", ".part");
        try {
            Files.write(part, picture.jpeg());
            Files.move(part, home.resolve(name), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
        chain(stream.id()).add(List.of(ChainEntry.Content.picture(name, digest)));
        return evidence(home.resolve(name), digest);
    }

    /** Whether the picture is kept and stands in the chain. A crash may have left a picture that does not. */
    private boolean isKept(String stream, Path picture, String digest) throws IOException {
        return Files.exists(picture)
                && Sha256.of(Files.readAllBytes(picture)).equals(digest)
                && chain(stream).entries().stream()
                        .anyMatch(entry -> entry.sha256().equals(Optional.of(digest)));
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
     * @param last when something was kept of it last
     */
    public record Kept(String stream, long events, int pictures, Instant first, Instant last) {}

    /** All streams of which anything is kept. */
    public List<Kept> streams() throws IOException {
        List<Kept> streams = new ArrayList<>();
        for (Path chain : chains(Optional.empty())) {
            List<ChainEntry> entries = new EvidenceChain(chain, clock).entries();
            if (!entries.isEmpty()) {
                List<String> events = entries.stream()
                        .flatMap(entry -> entry.event().stream())
                        .toList();
                streams.add(new Kept(
                        events.isEmpty() ? name(chain) : key(events.get(0)),
                        events.size(),
                        Bundle.kept(entries).size(),
                        entries.get(0).time(),
                        entries.get(entries.size() - 1).time()));
            }
        }
        return streams;
    }

    private static String key(String json) {
        return VerdictEvent.key(VerdictEvent.fromJson(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static String name(Path chain) {
        return chain.getFileName().toString().replaceFirst("\\.jsonl$", "");
    }

    /** The events that were kept of a stream, the oldest first. */
    public List<CloudEvent> events(String stream) throws IOException {
        return chain(stream).entries().stream()
                .flatMap(entry -> entry.event().stream())
                .map(json -> VerdictEvent.fromJson(json.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    /**
     * Erases pictures for good. The chain of each stream says which, when and why; all else in it stays.
     *
     * @param stream whose pictures; absent for those of all streams
     * @param before pictures that were kept before this time
     * @param why is written into the chain
     * @return how many were erased
     * @throws IOException when the disk refuses; the chains then name what was erased until then
     */
    public int erase(Optional<String> stream, Instant before, String why) throws IOException {
        int erased = 0;
        for (Path chain : chains(stream)) {
            erased += erase(chain, before, why);
        }
        return erased;
    }

    private int erase(Path file, Instant before, String why) throws IOException {
        EvidenceChain chain = new EvidenceChain(file, clock);
        List<ChainEntry> entries = chain.entries();
        String stream = name(file);
        Map<String, Instant> keptLast = new HashMap<>();
        entries.forEach(entry -> entry.file().ifPresent(picture -> keptLast.put(picture, entry.time())));
        List<String> due = Bundle.kept(entries).stream()
                .filter(picture -> keptLast.get(picture).isBefore(before))
                .toList();
        if (!due.isEmpty()) {
            // The chain first: a picture that a crash leaves behind is removed by the next call.
            chain.add(List.of(ChainEntry.Content.erasure(due, why)));
        }
        List<ChainEntry> now = chain.entries();
        Set<String> gone = now.stream()
                .flatMap(entry -> entry.erased().orElse(List.of()).stream())
                .collect(Collectors.toSet());
        gone.removeAll(Set.copyOf(Bundle.kept(now)));
        for (String picture : gone) {
            Files.deleteIfExists(folder.resolve(stream).resolve(picture));
        }
        return due.size();
    }

    private List<Path> chains(Optional<String> stream) throws IOException {
        if (stream.isPresent()) {
            Path file = chain(stream.get()).file();
            return Files.exists(file) ? List.of(file) : List.of();
        }
        Path all = folder.resolve(CHAINS);
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(all)) {
            return files.sorted().toList();
        }
    }

    /**
     * Writes all evidence of a stream as a bundle that can be verified without this folder.
     *
     * @param report made of the stream's events
     * @throws IOException when there is no evidence of it, or the disk refuses
     */
    public void export(String stream, byte[] report, OutputStream to) throws IOException {
        if (chains(Optional.of(stream)).isEmpty()) {
            throw new IOException("there is no evidence of a stream " + stream + " in " + folder);
        }
        new Bundle(chain(stream), folder.resolve(fileName(stream)), SigningKey.in(folder))
                .write(stream, report, clock.instant(), to);
    }

    private EvidenceChain chain(String stream) {
        return new EvidenceChain(folder.resolve(CHAINS).resolve(fileName(stream) + ".jsonl"), clock);
    }

    /** The text itself where it is a safe name, else its safe characters and a digest that keeps it apart. */
    private static String fileName(String text) {
        String safe = text.replaceAll("[^A-Za-z0-9_-]", "_");
        if (safe.equals(text) && text.length() <= NAME_LENGTH && !text.isEmpty()) {
            return text;
        }
        String start = safe.substring(0, Math.min(NAME_LENGTH, safe.length()));
        return start + "-" + Sha256.of(text).substring(0, 12);
    }
}
