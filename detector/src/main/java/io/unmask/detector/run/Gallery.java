package io.unmask.detector.run;

import io.cloudevents.CloudEvent;
import io.unmask.detector.evidence.EvidenceFolder;
import io.unmask.detector.evidence.Snapshot;
import io.unmask.detector.evidence.Snapshots;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.Locator;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Keeps pictures of judged faces for the report, and writes the most suspect picture of each face as evidence. */
final class Gallery implements FaceWitness {
    private static final int MAX_FACES = 64;

    private final Optional<EvidenceFolder> folder;
    private final OptionalInt reportedSources;
    private final Consumer<String> warnings;
    private volatile boolean whole = true;
    private final Map<Verdict.Stream, Snapshots> streams = new HashMap<>();

    /**
     * @param folder where evidence is written; empty when none is wanted
     * @param reportedSources how many sources share the report; empty when there is no report, so that a face's pictures
     *     are dropped when its track ends
     * @param warnings told once when evidence cannot be written; verdicts go on without it
     */
    Gallery(Optional<EvidenceFolder> folder, OptionalInt reportedSources, Consumer<String> warnings) {
        this.folder = folder;
        this.reportedSources = reportedSources;
        this.warnings = warnings;
    }

    /** Whether all evidence that was wanted was written. */
    boolean isWhole() {
        return whole;
    }

    @Override
    public void judged(Verdict.Stream stream, FaceClip clip, Verdict.Face face) {
        of(stream).offer(clip, face);
    }

    @Override
    public List<Verdict.Evidence> evidence(Verdict.Stream stream, int track, Locator locator) {
        Snapshots pictures = of(stream);
        Optional<Snapshot> picture = pictures.mostSuspect(track);
        reportedSources.ifPresentOrElse(
                sources -> pictures.settle(track, sources, locator), () -> pictures.forget(track));
        if (folder.isEmpty() || picture.isEmpty()) {
            return List.of();
        }
        try {
            return List.of(folder.get().write(stream, track, picture.get()));
        } catch (IOException e) {
            warn("evidence of " + stream.uri(), e);
            return List.of();
        }
    }

    /** Keeps events as evidence, when evidence is wanted. */
    void keep(List<CloudEvent> events) {
        if (folder.isPresent()) {
            try {
                folder.get().keep(events);
            } catch (IOException e) {
                warn("evidence", e);
            }
        }
    }

    private void warn(String what, IOException cause) {
        if (whole) {
            warnings.accept(what + " cannot be written (" + cause
                    + "): verdicts go on without it; make room or set verdict.evidence to false");
        }
        whole = false;
    }

    Snapshots of(Verdict.Stream stream) {
        return streams.computeIfAbsent(stream, s -> new Snapshots(MAX_FACES));
    }
}
