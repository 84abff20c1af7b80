package io.unmask.detector.evidence;

import io.unmask.detector.evidence.Timeline.Stretch;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.model.page.SvgPath;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One face's section as the template reads it. A value that may be absent is a list of none or one. */
final class FaceView {
    private static final int MOST_ROWS = 120;
    private static final int MOST_SPANS = 8;

    private final String sourceId;
    private final JudgedFace face;
    private final Verdict.Threshold threshold;
    private final Optional<Timeline> timeline;
    private final List<Snapshot> pictures;

    /** @param pictures all of which are shown */
    FaceView(String sourceId, JudgedFace face, List<Snapshot> pictures) {
        this.sourceId = sourceId;
        this.face = face;
        this.pictures = pictures;
        this.threshold = face.last().orElseGet(() -> face.clips().get(0)).threshold();
        this.timeline = face.clips().isEmpty() ? Optional.empty() : Optional.of(new Timeline(face.clips()));
    }

    String id() {
        return sourceId + "-face-" + face.track();
    }

    String name() {
        return face.name();
    }

    Told outcome() {
        return Told.of(face.outcome(), face.labels());
    }

    String seen() {
        return face.last()
                .map(verdict ->
                        Words.span(verdict.span().startMicros(), verdict.span().endMicros()))
                .or(() -> timeline.map(line -> Words.span(line.startMicros(), line.endMicros())))
                .orElse("");
    }

    String clipCount() {
        return Words.count(face.clips().size(), "clip");
    }

    /** The finding in a sentence or two. */
    String finding() {
        String limit = "the threshold of " + Words.percent(threshold.pFake());
        return switch (face.outcome()) {
            case FAKE -> "The score and its whole range lie above " + limit + ".";
            case LABELLED -> "The whole range of the label's probability lies at or above " + limit + ".";
            case REAL -> "The score and its whole range lie below " + limit + ".";
            case INCONCLUSIVE -> undecided(limit);
            case NOT_EVALUABLE -> "Nothing was scored, which speaks neither for nor against the face.";
            case UNFINISHED -> "The run ended before this face was judged as a whole; its clips are shown below.";
        };
    }

    private String undecided(String limit) {
        double at = threshold.pFake();
        if (face.score().filter(score -> score.interval().spans(at)).isPresent()) {
            return "The range of the score spans " + limit + ": the model cannot decide.";
        }
        if (face.last()
                .flatMap(Verdict::labels)
                .filter(labels -> labels.interval().low() < at)
                .isPresent()) {
            return "No label's probability lies with its whole range at or above " + limit + ".";
        }
        return "The model has not learnt to judge such a face, whatever its score.";
    }

    /** What kept the face from being judged, or weakens the judgement; empty when nothing did. */
    String reasons() {
        String reasons =
                face.last().map(verdict -> Words.reasons(verdict.reasons())).orElse("");
        if (reasons.isEmpty()) {
            return "";
        }
        return face.outcome() == Conclusion.NOT_EVALUABLE ? "Why: " + reasons + "." : "In parts of it " + reasons + ".";
    }

    List<Scale> scale() {
        return face.score().stream()
                .map(score -> Scale.of(score, threshold.pFake()))
                .toList();
    }

    private boolean isOfDetector() {
        return face.last()
                .or(() -> face.clips().stream().findFirst())
                .map(verdict -> verdict.model().detects())
                .orElse(true);
    }

    /** How probable each label is; empty for a detector. */
    List<LabelRow> labelled() {
        return face.last().flatMap(Verdict::labels).stream()
                .flatMap(labels -> labels.all().stream())
                .map(LabelRow::of)
                .toList();
    }

    /** The timeline as a table, when there is one. */
    List<Timeline> tabled() {
        return timeline.stream().toList();
    }

    List<Chart> chart() {
        return timeline.stream()
                .filter(line -> isOfDetector())
                .map(line -> Chart.of(line, face.suspect(), threshold.pFake()))
                .toList();
    }

    String thresholdPercent() {
        return Words.percent(threshold.pFake());
    }

    String suspectSpans() {
        return listed(face.suspect().stream()
                .map(span -> Words.span(span.startMicros(), span.endMicros()))
                .toList());
    }

    String unjudgedSpans() {
        return listed(timeline.stream()
                .flatMap(line -> line.stretches().stream())
                .filter(stretch -> stretch.decision() == Decision.NOT_EVALUABLE)
                .map(stretch -> stretch.span() + " (" + Words.reasons(stretch.reasons()) + ")")
                .toList());
    }

    private static String listed(List<String> spans) {
        String first = spans.stream().limit(MOST_SPANS).collect(Collectors.joining(", "));
        return spans.size() > MOST_SPANS ? first + ", and " + (spans.size() - MOST_SPANS) + " more" : first;
    }

    List<Row> rows() {
        return timeline.stream()
                .flatMap(line -> line.stretches().stream())
                .limit(MOST_ROWS)
                .map(Row::of)
                .toList();
    }

    /** How many rows the table leaves out; empty when none. */
    String rowsLeftOut() {
        int all = timeline.map(line -> line.stretches().size()).orElse(0);
        return all > MOST_ROWS ? Words.grouped(all - MOST_ROWS) : "";
    }

    List<PictureView> pictures() {
        Map<Long, Double> scores = timeline.map(Timeline::frameScores).orElseGet(TreeMap::new);
        return PictureView.of(name(), pictures, scores);
    }

    /** The score on a line from 0 to 100 %, in percents of its length. */
    record Scale(String percent, String range, String pFake, String at, String low, String width, String threshold) {
        static Scale of(Verdict.Score score, double threshold) {
            double low = score.interval().low();
            double high = score.interval().high();
            return new Scale(
                    Words.percent(score.pFake()),
                    Words.range(low, high),
                    String.format(Locale.ROOT, "%.3f", score.pFake()),
                    SvgPath.number(100 * score.pFake()),
                    SvgPath.number(100 * low),
                    SvgPath.number(100 * (high - low)),
                    SvgPath.number(100 * threshold));
        }
    }

    record LabelRow(String label, String percent) {
        static LabelRow of(Verdict.Labels.Label label) {
            return new LabelRow(label.label(), Words.percent(label.p()));
        }
    }

    /** A stretch in the table that stands beside the chart. */
    record Row(String span, Told outcome, String percent, String range, String clips, String reasons) {
        static Row of(Stretch stretch) {
            boolean judged = stretch.decision() != Decision.NOT_EVALUABLE;
            return new Row(
                    stretch.span(),
                    Told.of(Conclusion.of(stretch.decision()), List.of(stretch.outcome())),
                    judged ? Words.percent(stretch.p()) : "",
                    judged && stretch.clips() > 1 ? Words.range(stretch.lowest(), stretch.highest()) : "",
                    Words.grouped(stretch.clips()),
                    Words.reasons(stretch.reasons()));
        }
    }
}
