package io.unmask.detector.run;

import io.cloudevents.CloudEvent;
import io.unmask.detector.evidence.EvidenceFolder;
import io.unmask.detector.evidence.Snapshot;
import io.unmask.detector.evidence.Snapshots;
import io.unmask.detector.pipeline.FaceWitness;
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

/** Keeps pictures of judged faces for the report and files the most suspect one of each as evidence. */
final class Gallery implements FaceWitness {
    private static final int MAX_FACES = 64;

    private final Optional<EvidenceFolder> folder;
    private final OptionalInt reportedSources;
    private final Consumer<String> warnings;
    private volatile boolean whole = true;
    private final Map<Verdict.Stream, Snapshots> streams = new HashMap<>();

    /**
     * @param folder where evidence goes, when it is wanted
     * @param reportedSources how many the report is about; empty when there is none, and pictures are let go of at their
     *     track's end
     * @param warnings told once when evidence cannot be written: verdicts go on without it
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
        Optional<Snapshot> picture = of(stream).mostSuspect(track);
        reportedSources.ifPresentOrElse(sources -> of(stream).settle(track, sources, locator), () -> of(stream)
                .forget(track));
        if (folder.isEmpty() || picture.isEmpty()) {
            return List.of();
        }
        try {
            return List.of(folder.get().write(stream, track, picture.get()));
        } catch (IOException e) {
            if (whole) {
                warnings.accept("evidence of " + stream.uri() + " cannot be written (" + e
                        + "): verdicts go on without it; make room or set verdict.evidence to false");
            }
            whole = false;
            return List.of();
        }
    }

    /** Files events as evidence, when it is wanted. */
    void keep(List<CloudEvent> events) {
        if (folder.isPresent()) {
            try {
                folder.get().keep(events);
            } catch (IOException e) {
                if (whole) {
                    warnings.accept("evidence cannot be written (" + e
                            + "): verdicts go on without it; make room or set verdict.evidence to false");
                }
                whole = false;
            }
        }
    }

    Snapshots of(Verdict.Stream stream) {
        return streams.computeIfAbsent(stream, s -> new Snapshots(MAX_FACES));
    }
}
