package io.unmask.model.train;

import io.unmask.model.data.FaceSequence;
import io.unmask.model.evaluate.Roc;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Says before a training what in its data will limit the result, so that nobody finds out afterwards. */
final class DataCheck {
    /** With fewer than these, a detector learns its data by heart instead of what makes a fake. */
    private static final int FEW_TOOLS = 10;

    private static final int FEW_PERSONS = 50;
    /** An AUC by size or length alone from which the network may learn these instead of the faces. */
    private static final double TELLING = 0.65;

    private DataCheck() {}

    /** One line for each limit; empty when there is none. */
    static List<String> limits(List<FaceSequence> train) {
        var lines = new ArrayList<String>();
        var authentic = with(train, face -> face.label() == PairDrawing.REAL);
        var fakes = with(train, face -> face.label() == PairDrawing.FAKE);
        var tools = count(fakes, FaceSequence::kind);
        if (!fakes.isEmpty() && tools.size() < FEW_TOOLS) {
            lines.add("fakes of " + tools.size() + " tools, " + tools.keySet()
                    + ": fakes of others will mostly be missed; name each tool in the manifest's method column");
        }
        var single = with(fakes, face -> tools.get(face.kind()) == 1).stream()
                .map(FaceSequence::kind)
                .toList();
        if (!single.isEmpty()) {
            lines.add("one example only of " + single.size() + " tools, as in " + single.get(0)
                    + ": what is learnt may be that example");
        }
        int persons = count(authentic, FaceSequence::group).size();
        if (persons < FEW_PERSONS) {
            lines.add("authentic faces of " + persons + " persons: their looks may be learnt as what authentic means");
        }
        var origins = count(authentic, FaceSequence::kind);
        if (origins.size() == 1) {
            lines.add("all authentic faces are from "
                    + origins.keySet().iterator().next()
                    + ": other cameras and sites may bring false alarms; name origins in the manifest's from column");
        }
        var measured = with(train, face -> face.crops().detailPx() < Double.MAX_VALUE);
        telling(measured, "the size of the face", face -> Math.log(face.crops().detailPx()), lines);
        telling(train, "the number of frames", face -> Math.log(face.crops().count()), lines);
        return lines;
    }

    /** A classifier that sees nothing of a face but one number. */
    private static void telling(
            List<FaceSequence> faces, String what, ToDoubleFunction<FaceSequence> number, List<String> lines) {
        var scores = Scores.of(faces.stream()
                .map(face -> new Sample(
                        face.source(),
                        face.group(),
                        face.set(),
                        "",
                        face.label() == PairDrawing.FAKE ? face.kind() : Sample.AUTHENTIC,
                        "",
                        number.applyAsDouble(face)))
                .toList());
        if (scores.fakes() == 0 || scores.authentic() == 0) {
            return;
        }
        double auc = Roc.of(scores).auc();
        if (Math.max(auc, 1 - auc) >= TELLING) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%s alone tells fake from authentic with an AUC of %.2f: bring files of like sizes and lengths",
                    what,
                    Math.max(auc, 1 - auc)));
        }
    }

    private static List<FaceSequence> with(List<FaceSequence> faces, Predicate<FaceSequence> wanted) {
        return faces.stream().filter(wanted).toList();
    }

    private static Map<String, Long> count(List<FaceSequence> faces, Function<FaceSequence, String> key) {
        return faces.stream().collect(Collectors.groupingBy(key, Collectors.counting()));
    }
}
