package io.unmask.model.data;

import io.unmask.model.evaluate.Roc;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.Scores;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Says before a training what in its data will limit the result, so that nobody finds out afterwards. */
public final class DataCheck {
    /** With fewer than these, a detector learns its data by heart instead of what makes a fake. */
    private static final int FEW_TOOLS = 10;

    private static final int FEW_PERSONS = 50;
    /** When one number, such as a face's size, reaches this AUC alone, the network may learn that number and not the faces. */
    private static final double TELLING = 0.65;
    /** The same for the faces of a single tool or origin against the other class. */
    private static final double TELLING_OF_ONE = 0.95;
    /** A tool or origin with fewer faces is not asked for its AUC. */
    private static final int FEWEST_FACES = 10;
    /** A line names at most this many tools and origins. */
    private static final int NAMED = 3;
    /** Largest difference between the classes' shares of pictures. */
    private static final double MIXED = 0.2;

    private DataCheck() {}

    /** One line for each limit; empty when there is none. */
    public static List<String> limits(List<FaceSequence> train, List<FaceSequence> validation) {
        var lines = new ArrayList<String>();
        var authentic = with(train, face -> face.label() == FaceSequence.REAL);
        var fakes = with(train, face -> face.label() == FaceSequence.FAKE);
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
        telling(train, "the type of the file", fakesByType(train), lines);
        if (!authentic.isEmpty() && !fakes.isEmpty()) {
            mixed(authentic, fakes, lines);
        }
        shared(tools.keySet(), validation, lines);
        return lines;
    }

    /** Stands for the type of a face's file, and so for its codec: the share of fakes among the files of that type. */
    private static ToDoubleFunction<FaceSequence> fakesByType(List<FaceSequence> faces) {
        var shares = faces.stream()
                .collect(Collectors.groupingBy(DataCheck::type, Collectors.averagingDouble(FaceSequence::label)));
        return face -> shares.get(type(face));
    }

    private static String type(FaceSequence face) {
        String name = face.source().toLowerCase(Locale.ROOT);
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** A still shows none of what a video's codec does, so that it may be told from a video instead of from a fake. */
    private static void mixed(List<FaceSequence> authentic, List<FaceSequence> fakes, List<String> lines) {
        double ofAuthentic = stills(authentic);
        double ofFakes = stills(fakes);
        if (Math.abs(ofAuthentic - ofFakes) >= MIXED) {
            lines.add(String.format(
                    Locale.ROOT,
                    "pictures and videos are mixed: %.0f %% of the authentic faces and %.0f %% of the fakes are"
                            + " pictures, so that what tells a picture from a video may be learnt: bring both of each",
                    100 * ofAuthentic,
                    100 * ofFakes));
        }
    }

    private static double stills(List<FaceSequence> faces) {
        return faces.stream()
                .mapToInt(face -> face.crops().count() == 1 ? 1 : 0)
                .average()
                .orElseThrow();
    }

    private static void shared(Set<String> tools, List<FaceSequence> validation, List<String> lines) {
        var judged = count(with(validation, face -> face.label() == FaceSequence.FAKE), FaceSequence::kind)
                .keySet();
        long met = judged.stream().filter(tools::contains).count();
        if (tools.size() > 1 && met == judged.size() && met > 0) {
            lines.add(
                    "all " + met + " tools of the validation faces are learnt from, too: how well fakes of other tools"
                            + " are found is not measured; name folds in the manifest and give --leave-out");
        }
    }

    /**
     * Adds a line when one number of a face tells fake from authentic: for all faces together, or for those of one tool or
     * origin against the whole other class.
     */
    private static void telling(
            List<FaceSequence> faces, String what, ToDoubleFunction<FaceSequence> number, List<String> lines) {
        double all = auc(faces, number);
        var named = count(faces, DataCheck::source).entrySet().stream()
                .filter(source -> source.getValue() >= FEWEST_FACES)
                .map(Map.Entry::getKey)
                .filter(source -> auc(against(faces, source), number) >= TELLING_OF_ONE)
                .sorted()
                .toList();
        String most = named.isEmpty()
                ? ""
                : ", as of " + named.stream().limit(NAMED).collect(Collectors.joining(" and ")) + " alone";
        if (all >= TELLING || !named.isEmpty()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "%s alone tells fake from authentic with an AUC of %.2f%s: bring files of like sizes, types and"
                            + " lengths",
                    what,
                    all,
                    most));
        }
    }

    private static String source(FaceSequence face) {
        return (face.label() == FaceSequence.FAKE ? "the tool " : "the origin ") + face.kind();
    }

    /** The faces of a source and those of the other class. */
    private static List<FaceSequence> against(List<FaceSequence> faces, String source) {
        int label = with(faces, face -> source(face).equals(source)).get(0).label();
        return with(faces, face -> face.label() != label || source(face).equals(source));
    }

    /** The AUC of a number, or 1 minus it where authentic faces have the larger numbers: at least 0.5. */
    private static double auc(List<FaceSequence> faces, ToDoubleFunction<FaceSequence> number) {
        var scores = Scores.of(faces.stream()
                .map(face -> new Sample(
                        face.source(),
                        face.group(),
                        face.set(),
                        "",
                        face.label() == FaceSequence.FAKE ? face.kind() : Sample.AUTHENTIC,
                        "",
                        number.applyAsDouble(face)))
                .toList());
        if (scores.fakes() == 0 || scores.authentic() == 0) {
            return 0.5;
        }
        double auc = Roc.of(scores).auc();
        return Math.max(auc, 1 - auc);
    }

    private static List<FaceSequence> with(List<FaceSequence> faces, Predicate<FaceSequence> wanted) {
        return faces.stream().filter(wanted).toList();
    }

    private static Map<String, Long> count(List<FaceSequence> faces, Function<FaceSequence, String> key) {
        return faces.stream().collect(Collectors.groupingBy(key, Collectors.counting()));
    }
}
