package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The verdicts on one face.
 *
 * @param last the verdict on the whole track; absent when the run ended before it was reached
 */
record JudgedFace(int track, List<Verdict> clips, Optional<Verdict> last) {

    /** The gravest first, then the highest score, then the order of appearance. */
    static final Comparator<JudgedFace> GRAVEST_FIRST = Comparator.comparing(JudgedFace::outcome)
            .thenComparing(Comparator.comparingDouble(JudgedFace::pFake).reversed())
            .thenComparingInt(JudgedFace::track);

    static List<JudgedFace> of(List<Verdict> verdicts) {
        TreeMap<Integer, List<Verdict>> tracks = verdicts.stream()
                .filter(verdict -> verdict.face().isPresent())
                .collect(Collectors.groupingBy(
                        verdict -> verdict.face().orElseThrow().track(), TreeMap::new, Collectors.toList()));
        return tracks.entrySet().stream()
                .map(track -> of(track.getKey(), track.getValue()))
                .sorted(GRAVEST_FIRST)
                .toList();
    }

    private static JudgedFace of(int track, List<Verdict> verdicts) {
        return new JudgedFace(
                track,
                verdicts.stream().filter(verdict -> verdict.kind() == Kind.CLIP).toList(),
                verdicts.stream()
                        .filter(verdict -> verdict.kind() == Kind.TRACK)
                        .findFirst());
    }

    Conclusion outcome() {
        return last.map(verdict -> Conclusion.of(verdict.decision())).orElse(Conclusion.UNFINISHED);
    }

    /** The label that was chosen; empty when none was. */
    List<String> labels() {
        return last.filter(verdict -> verdict.decision() == Verdict.Decision.LABELLED).map(Verdict::outcome).stream()
                .toList();
    }

    String name() {
        return "Face " + track;
    }

    Optional<Verdict.Score> score() {
        return last.flatMap(Verdict::score);
    }

    /** Spans whose own score reaches the threshold. */
    List<Verdict.Face.Suspect> suspect() {
        return last.flatMap(Verdict::face).map(Verdict.Face::suspect).orElse(List.of());
    }

    private double pFake() {
        return score().map(Verdict.Score::pFake).orElse(-1.0);
    }
}
