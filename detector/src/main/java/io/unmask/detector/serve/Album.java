package io.unmask.detector.serve;

import io.unmask.detector.evidence.EvidenceFolder;
import io.unmask.detector.evidence.Snapshot;
import io.unmask.detector.evidence.Snapshots;
import io.unmask.detector.pipeline.FaceWitness;
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
 * Pictures of the faces that are being judged; of a face whose track is over they are held until somebody takes them. The
 * scoring thread adds, the committing thread takes.
 */
final class Album implements FaceWitness {
    private static final Logger LOG = LoggerFactory.getLogger(Album.class);
    private static final int MAX_FACES = 64;

    private final Optional<EvidenceFolder> folder;
    private final Map<Verdict.Stream, Snapshots> streams = new ConcurrentHashMap<>();
    private final Map<FaceKey, List<Snapshot>> over = new ConcurrentHashMap<>();
    private final Set<Verdict.Stream> kept = ConcurrentHashMap.newKeySet();

    private record FaceKey(Verdict.Stream stream, int track) {}

    /** @param folder where evidence goes, when it is wanted */
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

    /** The pictures of a face whose track is over, by time; they are let go of. */
    List<Snapshot> take(Verdict.Stream stream, int track) {
        List<Snapshot> pictures = over.remove(new FaceKey(stream, track));
        return pictures == null ? List.of() : pictures;
    }

    /** All pictures of a stream that is over; they are let go of. */
    Snapshots takeAll(Verdict.Stream stream) {
        kept.remove(stream);
        Snapshots all = streams.remove(stream);
        return all == null ? new Snapshots(MAX_FACES) : all;
    }

    @Override
    public void forget(Verdict.Stream stream) {
        release(stream);
    }

    /** A stream's session is over. */
    void release(Verdict.Stream stream) {
        if (!kept.contains(stream)) {
            streams.remove(stream);
        }
    }

    private Snapshots of(Verdict.Stream stream) {
        return streams.computeIfAbsent(stream, none -> new Snapshots(MAX_FACES));
    }
}
