package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Locator;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Keeps a few pictures of each face of one source while it is judged: the most suspect, the least suspect, and some at even
 * distances in time. A face takes about 150 kB, and less once its track is over. When there are too many faces, the least
 * suspect one is dropped. Not thread-safe: the scoring thread owns it, and readers wait until the source has ended.
 */
public final class Snapshots {
    private final int maxFaces;
    private final Map<Integer, FacePictures> faces = new LinkedHashMap<>();

    /**
     * Starts without any pictures.
     *
     * @param maxFaces largest number of faces whose pictures are kept
     */
    public Snapshots(int maxFaces) {
        if (maxFaces < 1) {
            throw new IllegalArgumentException("maxFaces = " + maxFaces + ": must be at least 1");
        }
        this.maxFaces = maxFaces;
    }

    /**
     * Considers a judged clip.
     *
     * @param face its frames are the clip's samples, in their order
     */
    public void offer(FaceClip clip, Verdict.Face face) {
        for (int i = 0; i < clip.samples().size(); i++) {
            OptionalDouble pFake =
                    face.frames().get(i).pFake().map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
            offer(face.track(), clip.samples().get(i), pFake);
        }
    }

    /**
     * Considers one judged sample. A sample that overlapping clips share may be offered once for each.
     *
     * @param track the face, as in {@code Verdict.Face}
     * @param pFake the frame's own calibrated score, if it was scored
     */
    void offer(int track, FaceSample sample, OptionalDouble pFake) {
        faces.computeIfAbsent(track, face -> new FacePictures()).offer(sample, pFake);
        if (faces.size() > maxFaces) {
            leastSuspectExcept(track).ifPresent(faces::remove);
        }
    }

    /** The face's pictures in order of time; none when no sample of it was offered or the face was dropped. */
    public List<Snapshot> of(int track) {
        FacePictures face = faces.get(track);
        return face == null ? List.of() : face.byTime();
    }

    /** The picture of the highest scored frame. */
    public Optional<Snapshot> mostSuspect(int track) {
        return of(track).stream()
                .filter(picture -> picture.pFake().isPresent())
                .max(Comparator.comparingDouble(picture -> picture.pFake().orElseThrow()));
    }

    /**
     * Ends the collection for a face whose track is over: keeps only the pictures that a report shows, and asks the model where
     * the most suspect one looks forged.
     *
     * @param sources number of sources in the report, which limits how many pictures it shows of each face
     */
    public void settle(int track, int sources, Locator locator) {
        FacePictures face = faces.get(track);
        if (face != null) {
            face.settle(SourceView.Limits.of(sources).pictures());
            face.locate(locator);
        }
    }

    /** Whether any of the pictures has a map of where it looks forged. */
    boolean hasForgeryMap() {
        return faces.values().stream().flatMap(face -> face.byTime().stream()).anyMatch(picture -> picture.forged()
                .isPresent());
    }

    /** Drops a face. Live sources, which have no end, drop each face when its track is over. */
    public void forget(int track) {
        faces.remove(track);
    }

    private Optional<Integer> leastSuspectExcept(int track) {
        return faces.entrySet().stream()
                .filter(face -> face.getKey() != track)
                .min(Comparator.comparingDouble(face -> face.getValue().highest()))
                .map(Map.Entry::getKey);
    }
}
