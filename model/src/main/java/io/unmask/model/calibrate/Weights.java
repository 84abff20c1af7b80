package io.unmask.model.calibrate;

import io.unmask.model.evaluate.LabelledClip;
import io.unmask.model.evaluate.Sample;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How much each clip counts, so that no tool, origin or long video outweighs the others. */
final class Weights {
    private Weights() {}

    /** Sums to 1 over all: half for each class, split alike among its tools or origins, their faces, and the clips of these. */
    static double[] of(List<Sample> samples) {
        Map<String, Long> clips = count(samples, Sample::encodedFace);
        Map<String, Long> faces = count(distinct(samples, Sample::encodedFace), Weights::kind);
        Map<Boolean, Long> kinds = count(distinct(samples, Weights::kind), Sample::fake);
        return samples.stream()
                .mapToDouble(
                        s -> 1.0 / kinds.size() / kinds.get(s.fake()) / faces.get(kind(s)) / clips.get(s.encodedFace()))
                .toArray();
    }

    /** Sums to 1 over all: each label alike, split alike among its faces in each encoding, and the clips of these. */
    static double[] ofLabelled(List<LabelledClip> clips) {
        Map<String, Long> each = count(clips, LabelledClip::encodedFace);
        Map<Integer, Long> faces = faces(clips);
        return clips.stream()
                .mapToDouble(clip -> 1.0 / faces.size() / faces.get(clip.label()) / each.get(clip.encodedFace()))
                .toArray();
    }

    /** How many faces, in each encoding, have each label. */
    static Map<Integer, Long> faces(List<LabelledClip> clips) {
        return count(distinct(clips, LabelledClip::encodedFace), LabelledClip::label);
    }

    private static String kind(Sample sample) {
        return sample.fake() ? "fake/" + sample.manipulation() : "authentic/" + sample.origin();
    }

    private static <T, K> Map<K, Long> count(List<T> samples, Function<T, K> key) {
        return samples.stream().collect(Collectors.groupingBy(key, Collectors.counting()));
    }

    private static <T> List<T> distinct(List<T> samples, Function<T, String> key) {
        return List.copyOf(samples.stream()
                .collect(Collectors.toMap(key, Function.identity(), (first, other) -> first))
                .values());
    }
}
