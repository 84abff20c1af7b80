package io.unmask.model.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * How faces of each label were judged by a model with labels of its own.
 *
 * @param labels in the model's order
 * @param faces at least one
 */
public record LabelTable(List<String> labels, List<Face> faces) {

    /**
     * A judged face.
     *
     * @param label the true one
     * @param mostProbable what the model said
     * @param outcome the same where it was certain enough, else why not
     */
    public record Face(String label, String mostProbable, String outcome) {}

    public LabelTable {
        labels = List.copyOf(labels);
        faces = List.copyOf(faces);
    }

    /** What a card says of validation clips with raw logits: by faces, in each condition. */
    public static Map<String, Double> metrics(List<String> labels, List<LabelledClip> clips) {
        var metrics = new LinkedHashMap<String, Double>();
        clips.stream()
                .collect(Collectors.groupingBy(LabelledClip::condition, LinkedHashMap::new, Collectors.toList()))
                .forEach((condition, same) -> {
                    var table = ofClips(labels, same);
                    metrics.put("validation." + condition + ".accuracy", table.accuracy());
                    labels.forEach(label -> table.recall(label)
                            .ifPresent(recall -> metrics.put("validation." + condition + ".recall." + label, recall)));
                });
        return metrics;
    }

    private static LabelTable ofClips(List<String> labels, List<LabelledClip> clips) {
        var faces = clips.stream().collect(Collectors.groupingBy(LabelledClip::face)).values().stream()
                .map(LabelledClip::mean)
                .map(face -> {
                    String said = labels.get(face.mostProbable());
                    return new Face(labels.get(face.label()), said, said);
                })
                .toList();
        return new LabelTable(labels, faces);
    }

    /** Share of the faces whose most probable label is the true one, whether it was certain enough or not. */
    public double accuracy() {
        return share(faces).orElseThrow();
    }

    /** The same of the faces with this label; empty when there is none. */
    public OptionalDouble recall(String label) {
        return share(of(label));
    }

    /** Mean of the recalls over the labels that there are faces of. */
    public double balancedAccuracy() {
        return labels.stream()
                .flatMapToDouble(label -> recall(label).stream())
                .average()
                .orElseThrow();
    }

    /** How many faces of a label had an outcome. */
    public long count(String label, String outcome) {
        return of(label).stream().filter(face -> face.outcome().equals(outcome)).count();
    }

    /** The outcomes: the labels, and then whatever else there was. */
    public List<String> outcomes() {
        var outcomes = new ArrayList<>(labels);
        faces.stream()
                .map(Face::outcome)
                .distinct()
                .filter(outcome -> !labels.contains(outcome))
                .sorted()
                .forEach(outcomes::add);
        return outcomes;
    }

    private List<Face> of(String label) {
        return faces.stream().filter(face -> face.label().equals(label)).toList();
    }

    private static OptionalDouble share(List<Face> faces) {
        return faces.stream()
                .mapToInt(face -> face.label().equals(face.mostProbable()) ? 1 : 0)
                .average();
    }
}
