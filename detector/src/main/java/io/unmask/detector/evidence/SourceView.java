package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Kind;
import io.unmask.ingest.clip.Coverage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One source's section as the template reads it. */
final class SourceView {
    private final String id;
    private final Report.Source source;
    private final Limits limits;
    private final List<JudgedFace> faces;

    SourceView(int number, Report.Source source, Limits limits) {
        this.id = "source-" + number;
        this.source = source;
        this.limits = limits;
        this.faces = JudgedFace.of(source.verdicts());
    }

    /**
     * How much of each source is shown in full, so that the report stays small however many sources it has.
     *
     * @param faces most faces of a source
     * @param pictures most pictures of a face
     */
    record Limits(int faces, int pictures) {
        private static final int FACES_OF_ALL_SOURCES = 400;
        private static final int MAX_FACES = 24;
        private static final int MIN_FACES = 3;
        private static final int PICTURES_OF_ALL_SOURCES = 600;
        private static final int MAX_PICTURES = 6;

        static Limits of(int sources) {
            int faces = Math.max(MIN_FACES, Math.min(MAX_FACES, FACES_OF_ALL_SOURCES / sources));
            int pictures = Math.max(1, Math.min(MAX_PICTURES, PICTURES_OF_ALL_SOURCES / (faces * sources)));
            return new Limits(faces, pictures);
        }
    }

    String id() {
        return id;
    }

    String name() {
        boolean local = !source.uri().contains("://") || source.uri().startsWith("file:");
        String path =
                local ? source.uri().replaceFirst("^file:", "") : source.uri().replaceFirst("[?#].*$", "");
        path = path.replaceFirst("/+$", "");
        String name = path.substring(path.lastIndexOf('/') + 1);
        return (name.isEmpty() ? source.uri() : name) + session();
    }

    String uri() {
        return source.uri() + session();
    }

    private String session() {
        return source.session().isEmpty() ? "" : ", " + source.session();
    }

    String digest() {
        return source.digest().orElse("");
    }

    String duration() {
        return Words.moment(source.duration().toNanos() / 1_000);
    }

    String failure() {
        return source.failure().orElse("");
    }

    Conclusion conclusion() {
        return faces.isEmpty() ? Conclusion.NOT_EVALUABLE : faces.get(0).outcome();
    }

    Told outcome() {
        return Told.of(conclusion(), labels());
    }

    /** The labels of its faces, each once. */
    Collection<String> labels() {
        return faces.stream().flatMap(face -> face.labels().stream()).collect(Collectors.toCollection(TreeSet::new));
    }

    /** How many faces were found, and how they were judged. */
    String finding() {
        if (faces.isEmpty()) {
            return "No face was found, so there was nothing to judge. That says nothing about whether the video is"
                    + " authentic.";
        }
        Map<Conclusion, Long> counts = faces.stream()
                .collect(Collectors.groupingBy(
                        JudgedFace::outcome, () -> new EnumMap<>(Conclusion.class), Collectors.counting()));
        String each = counts.entrySet().stream()
                .map(count -> (counts.size() == 1 && faces.size() > 1 ? "all" : Words.grouped(count.getValue())) + " "
                        + inAList(count.getKey()))
                .collect(Collectors.joining(", "));
        return faces.size() == 1
                ? "One face was found: " + inAList(conclusion()) + "."
                : Words.count(faces.size(), "face") + " were found: " + each + ".";
    }

    private String inAList(Conclusion outcome) {
        return switch (outcome) {
            case FAKE -> "likely manipulated";
            case LABELLED -> "labelled " + String.join(", ", labels());
            case INCONCLUSIVE -> "inconclusive";
            case REAL -> "without a sign of manipulation";
            case NOT_EVALUABLE -> "not judged";
            case UNFINISHED -> "without a final verdict";
        };
    }

    /** Why nothing was judged in a source without faces. */
    String reasons() {
        if (!faces.isEmpty()) {
            return "";
        }
        return source.verdicts().stream()
                .sorted(Comparator.comparing(Verdict::kind).reversed())
                .findFirst()
                .map(verdict -> Words.reasons(verdict.reasons()))
                .orElse("");
    }

    String faceCount() {
        return Words.grouped(faces.size());
    }

    /** The highest score of its faces; empty when none was scored. */
    String highest() {
        return faces.stream()
                .flatMap(face -> face.score().stream())
                .max(Comparator.comparingDouble(Verdict.Score::pFake))
                .map(score -> Words.percent(score.pFake()))
                .orElse("");
    }

    List<FaceStrip> strips() {
        Axis axis = axis();
        List<FaceStrip> strips = new ArrayList<>();
        for (int i = 0; i < faces.size(); i++) {
            JudgedFace face = faces.get(i);
            String link = i < limits.faces() ? id + "-face-" + face.track() : "";
            strips.add(new FaceStrip(
                    face.name(),
                    link,
                    Told.of(face.outcome(), face.labels()),
                    face.score().map(score -> Words.percent(score.pFake())).orElse(""),
                    i < limits.faces() ? Strip.of(face.clips(), axis) : List.of()));
        }
        return strips;
    }

    List<Strip.Segment> faceless() {
        return Strip.of(
                source.verdicts().stream()
                        .filter(verdict ->
                                verdict.kind() == Kind.CLIP && verdict.face().isEmpty())
                        .toList(),
                axis());
    }

    List<Axis.Tick> ticks() {
        return axis().ticks();
    }

    private Axis axis() {
        long endMicros = source.verdicts().stream()
                .mapToLong(verdict -> verdict.span().endMicros())
                .max()
                .orElse(0);
        return new Axis(0, Math.max(endMicros, source.duration().toNanos() / 1_000));
    }

    Iterable<FaceView> faces() {
        return () -> faces.stream().limit(limits.faces()).map(this::view).iterator();
    }

    private FaceView view(JudgedFace face) {
        List<Snapshot> pictures = source.pictures().of(face.track());
        return new FaceView(id, face, PictureView.choose(pictures, limits.pictures()));
    }

    /** How many faces have no section of their own; empty when all have one. */
    String facesLeftOut() {
        return faces.size() > limits.faces() ? Words.grouped(faces.size() - limits.faces()) : "";
    }

    List<Fact> coverage() {
        Coverage coverage = source.coverage();
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Frames decoded", Words.grouped(coverage.decoded()), ""));
        facts.add(new Fact(
                "searched for faces",
                Words.grouped(coverage.sampled()),
                share(coverage.sampled(), coverage.decoded())));
        facts.add(new Fact(
                "with a face", Words.grouped(coverage.withFace()), share(coverage.withFace(), coverage.sampled())));
        facts.add(new Fact("damaged, not judged", Words.grouped(coverage.damaged()), ""));
        if (coverage.tainted() > 0) {
            facts.add(new Fact("from damage to the next key frame, not judged", Words.grouped(coverage.tainted()), ""));
        }
        if (coverage.colourMapped() > 0) {
            facts.add(new Fact(
                    "of high dynamic range or a wide gamut, mapped to an ordinary screen's colours",
                    Words.grouped(coverage.colourMapped()),
                    share(coverage.colourMapped(), coverage.sampled())));
        }
        facts.add(new Fact("skipped under load, not judged", Words.grouped(coverage.dropped()), ""));
        if (coverage.reconnects() > 0) {
            facts.add(new Fact("Times reconnected", Words.grouped(coverage.reconnects()), ""));
        }
        if (coverage.gaps() > 0) {
            String seconds = String.format(Locale.ROOT, "%.1f s", coverage.gapMicros() / 1e6);
            facts.add(new Fact("Gaps without frames", Words.grouped(coverage.gaps()), seconds));
        }
        coverage.omitted().forEach(part -> facts.add(new Fact("Not looked at", part.what(), part.why())));
        return facts;
    }

    private static String share(long part, long whole) {
        return whole == 0 ? "" : Math.round(100.0 * part / whole) + "%";
    }

    /** A face's line in the overview. */
    record FaceStrip(String name, String link, Told outcome, String percent, List<Strip.Segment> segments) {}

    /** A labelled value. */
    record Fact(String label, String value, String note) {}
}
