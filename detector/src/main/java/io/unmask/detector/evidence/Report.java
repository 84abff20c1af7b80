package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Face;
import io.unmask.detector.verdict.Verdict.Kind;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.model.page.PageTemplate;
import io.unmask.model.spec.ModelCard;
import java.io.IOException;
import java.io.Writer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The verdicts of a run as one self-contained HTML file, without scripts and requests. Its size is bounded: long timelines are
 * condensed, and each face has only a few pictures. Thread-safe.
 */
public final class Report {
    private static final FaceBox NOWHERE = new FaceBox(0, 0, 0, 0);
    private static final FaceQuality UNMEASURED = new FaceQuality(0, 0, 0, 0);

    private final ModelCard card;
    private final String unmaskVersion;
    private final String settingsDigest;
    private final Clock clock;
    private final PageTemplate template;

    /**
     * @param card of the model that judged
     * @param settingsDigest SHA-256 of the settings in force
     * @param clock tells when the report was made
     */
    public Report(ModelCard card, String unmaskVersion, String settingsDigest, Clock clock) {
        this.card = card;
        this.unmaskVersion = unmaskVersion;
        this.settingsDigest = settingsDigest;
        this.clock = clock;
        this.template = PageTemplate.of(Report.class, "report.mustache");
    }

    /**
     * What is reported of one source.
     *
     * @param uri without secrets
     * @param session names the session when the report has several of one {@code uri}; empty otherwise
     * @param digest SHA-256 of the file; absent for a live source
     * @param duration how much was read, in presentation time
     * @param failure why it was not read to its end, in one line; empty when it was
     * @param verdicts of its clips and tracks, in any order
     * @param pictures of its faces
     */
    public record Source(
            String uri,
            String session,
            Optional<String> digest,
            Duration duration,
            Coverage coverage,
            Optional<String> failure,
            List<Verdict> verdicts,
            Snapshots pictures) {
        public Source {
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * A copy of a verdict with only what a report needs, so that a run can keep all its verdicts in memory: of a clip's frames
     * only the scores, and of a track's frames nothing.
     */
    public static Verdict essence(Verdict verdict) {
        return new Verdict(
                verdict.id(),
                verdict.kind(),
                verdict.stream(),
                verdict.sequence(),
                verdict.span(),
                verdict.decision(),
                verdict.reasons(),
                verdict.score(),
                verdict.labels(),
                verdict.threshold(),
                verdict.face().map(face -> essence(verdict.kind(), face)),
                verdict.coverage(),
                verdict.model(),
                List.of(),
                Map.of());
    }

    private static Face essence(Kind kind, Face face) {
        Stream<Face.Frame> frames = kind == Kind.TRACK
                ? Stream.empty()
                : face.frames().stream()
                        .filter(Face.Frame::scored)
                        .map(frame ->
                                new Face.Frame(frame.timeMicros(), NOWHERE, UNMEASURED, frame.pFake(), frame.p()));
        return new Face(face.track(), face.framesScored(), frames.toList(), face.suspect());
    }

    /**
     * Writes the report as UTF-8 text; the writer stays open.
     *
     * @param sources at least one
     * @throws IOException when the writer does not take it
     */
    public void write(List<Source> sources, Writer out) throws IOException {
        if (sources.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one source");
        }
        template.write(new ReportView(sources, card, unmaskVersion, settingsDigest, clock.instant()), out);
    }
}
