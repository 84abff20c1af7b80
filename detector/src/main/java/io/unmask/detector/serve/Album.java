package io.unmask.detector.serve;

import io.unmask.detector.evidence.EvidenceFolder;
import io.unmask.detector.evidence.Snapshot;
import io.unmask.detector.evidence.Snapshots;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.Locator;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps pictures of the faces that are being judged. When a face's track ends, its pictures wait until {@link #take} fetches
 * them. The scoring thread adds pictures, the committing thread takes them.
 */
final class Album implements FaceWitness {
    private static final Logger LOG = LoggerFactory.getLogger(Album.class);
    private static final int MAX_FACES = 64;

    private final Optional<EvidenceFolder> folder;
    private final Map<Verdict.Stream, Snapshots> streams = new ConcurrentHashMap<>();
    /** Pictures of faces whose tracks are over. */
    private final Map<FaceKey, List<Snapshot>> over = new ConcurrentHashMap<>();
    /** Streams whose pictures all stay until {@link #takeAll}. */
    private final Set<Verdict.Stream> kept = ConcurrentHashMap.newKeySet();

    private record FaceKey(Verdict.Stream stream, int track) {}

    /** @param folder where evidence is written; empty when none is wanted */
    Album(Optional<EvidenceFolder> folder) {
        this.folder = folder;
    }

    /** Keeps all pictures of a stream until {@link #takeAll}, for a report. */
    void keep(Verdict.Stream stream) {
        kept.add(stream);
    }

    @Override
    public void judged(Verdict.Stream stream, FaceClip clip, Verdict.Face face) {
        of(stream).offer(clip, face);
    }

    @Override
    public List<Verdict.Evidence> evidence(Verdict.Stream stream, int track, Locator locator) {
        Snapshots snapshots = of(stream);
        over.put(new FaceKey(stream, track), snapshots.of(track));
        Optional<Snapshot> picture = snapshots.mostSuspect(track);
        if (kept.contains(stream)) {
            snapshots.settle(track, 1, locator);
        } else {
            snapshots.forget(track);
        }
        return folder.isEmpty() || picture.isEmpty() ? List.of() : write(stream, track, picture.get());
    }

    private List<Verdict.Evidence> write(Verdict.Stream stream, int track, Snapshot picture) {
        try {
            return List.of(folder.orElseThrow().write(stream, track, picture));
        } catch (IOException e) {
            LOG.warn("evidence of {} cannot be written; verdicts go on without it", stream.uri(), e);
            return List.of();
        }
    }

    /** Removes and returns the pictures of a face whose track is over, by time. */
    List<Snapshot> take(Verdict.Stream stream, int track) {
        List<Snapshot> pictures = over.remove(new FaceKey(stream, track));
        return pictures == null ? List.of() : pictures;
    }

    /** Removes and returns all pictures of a stream that is over. */
    Snapshots takeAll(Verdict.Stream stream) {
        kept.remove(stream);
        Snapshots all = streams.remove(stream);
        return all == null ? new Snapshots(MAX_FACES) : all;
    }

    /** Drops the pictures of a stream that is over or is judged elsewhere, unless {@link #keep} asked for them. */
    @Override
    public void forget(Verdict.Stream stream) {
        if (!kept.contains(stream)) {
            streams.remove(stream);
        }
    }

    private Snapshots of(Verdict.Stream stream) {
        return streams.computeIfAbsent(stream, none -> new Snapshots(MAX_FACES));
    }
}
