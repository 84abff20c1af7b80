package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Face.Suspect;
import io.unmask.model.page.SvgPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The chart of a face's scores over time. Paths are in a box of 1000 by 100, where {@code pFake} 1 is at the top; other
 * positions are percents.
 *
 * @param line {@code pFake} over time: means of neighbouring clips where there are many
 * @param band the intervals of these means
 * @param dots scores of single frames
 * @param marks a mark for each clip; empty when they are too many to tell apart
 * @param clipsPerPoint number of clips that one point of the line is the mean of
 */
record Chart(
        String line,
        String band,
        String dots,
        List<Mark> marks,
        List<Span> notJudged,
        List<Span> suspect,
        List<Axis.Tick> ticks,
        String thresholdY,
        int clipsPerPoint) {

    private static final SvgPath.Box BOX = new SvgPath.Box(0, 0, 1_000, 100);

    private static final int MOST_POINTS = 400;
    private static final int MOST_DOTS = 1_500;
    private static final int MOST_MARKS = 60;

    static Chart of(Timeline timeline, List<Suspect> suspect, double threshold) {
        Axis axis = new Axis(timeline.startMicros(), timeline.endMicros());
        List<List<Verdict>> runs = timeline.runs();
        int judged = runs.stream().mapToInt(List::size).sum();
        int clipsPerPoint = Math.max(1, (judged + MOST_POINTS - 1) / MOST_POINTS);
        SvgPath line = new SvgPath(BOX);
        SvgPath band = new SvgPath(BOX);
        for (List<Verdict> run : runs) {
            draw(points(run, clipsPerPoint, axis), line, band);
        }
        return new Chart(
                line.toString(),
                band.toString(),
                dots(timeline.frameScores(), axis),
                judged > MOST_MARKS ? List.of() : marks(runs, axis),
                notJudged(timeline, axis),
                suspect.stream()
                        .map(span -> Span.of(axis.at(span.startMicros()), axis.at(span.endMicros())))
                        .toList(),
                axis.ticks(),
                SvgPath.number(100 * (1 - threshold)),
                clipsPerPoint);
    }

    boolean condensed() {
        return clipsPerPoint > 1;
    }

    private static List<Span> notJudged(Timeline timeline, Axis axis) {
        return Strip.of(timeline.clips(), axis).stream()
                .filter(segment -> segment.decision() == Decision.NOT_EVALUABLE)
                .map(segment -> new Span(segment.x(), segment.width()))
                .toList();
    }

    /** A point in the middle of each clip, and the first and the last value once more at the two ends of the run. */
    private static List<Point> points(List<Verdict> run, int clipsPerPoint, Axis axis) {
        List<Point> points = new ArrayList<>();
        for (int first = 0; first < run.size(); first += clipsPerPoint) {
            points.add(Point.of(run.subList(first, Math.min(run.size(), first + clipsPerPoint)), axis));
        }
        double left = axis.at(run.get(0).span().startMicros());
        double right = axis.at(run.get(run.size() - 1).span().endMicros());
        points.add(0, points.get(0).at(left));
        points.add(points.get(points.size() - 1).at(right));
        return points;
    }

    private static void draw(List<Point> points, SvgPath line, SvgPath band) {
        Point first = points.get(0);
        line.moveTo(first.x / 100, first.pFake);
        band.moveTo(first.x / 100, first.high);
        for (Point point : points.subList(1, points.size())) {
            line.lineTo(point.x / 100, point.pFake);
            band.lineTo(point.x / 100, point.high);
        }
        for (int i = points.size() - 1; i >= 0; i--) {
            band.lineTo(points.get(i).x / 100, points.get(i).low);
        }
        band.close();
    }

    private static String dots(TreeMap<Long, Double> scores, Axis axis) {
        int stride = Math.max(1, (scores.size() + MOST_DOTS - 1) / MOST_DOTS);
        SvgPath dots = new SvgPath(BOX);
        int index = 0;
        for (Map.Entry<Long, Double> score : scores.entrySet()) {
            if (index++ % stride == 0) {
                dots.dot(axis.at(score.getKey()) / 100, score.getValue());
            }
        }
        return dots.toString();
    }

    private static List<Mark> marks(List<List<Verdict>> runs, Axis axis) {
        return runs.stream()
                .flatMap(List::stream)
                .map(clip -> {
                    Point point = Point.of(List.of(clip), axis);
                    return new Mark(
                            SvgPath.number(point.x),
                            SvgPath.number(100 * (1 - point.pFake)),
                            Conclusion.of(clip.decision()).style());
                })
                .toList();
    }

    /** Where a clip's score stands, in percents of the plot. */
    record Mark(String x, String y, String style) {}

    /** A stretch of time, in percents of the plot's width. */
    record Span(String x, String width) {
        static Span of(double left, double right) {
            return new Span(SvgPath.number(left), SvgPath.number(right - left));
        }
    }

    /** The mean of some clips, and the smallest interval that holds all of theirs. */
    private record Point(double x, double pFake, double low, double high) {
        static Point of(List<Verdict> clips, Axis axis) {
            List<Verdict.Score> scores =
                    clips.stream().map(clip -> clip.score().orElseThrow()).toList();
            return new Point(
                    axis.at((clips.get(0).span().startMicros()
                                    + clips.get(clips.size() - 1).span().endMicros())
                            / 2),
                    scores.stream().mapToDouble(Verdict.Score::pFake).average().orElseThrow(),
                    scores.stream()
                            .mapToDouble(score -> score.interval().low())
                            .min()
                            .orElseThrow(),
                    scores.stream()
                            .mapToDouble(score -> score.interval().high())
                            .max()
                            .orElseThrow());
        }

        Point at(double otherX) {
            return new Point(otherX, pFake, low, high);
        }
    }
}
