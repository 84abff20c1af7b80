package io.unmask.model.train;

import io.unmask.config.Sha256;
import io.unmask.model.calibrate.Calibrator;
import io.unmask.model.evaluate.Metrics;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.Scores;
import io.unmask.model.image.Condition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the card says of the validation faces, for each data set under each condition. Probabilities and decisions are by
 * a calibration that has not seen the face: each half of the groups is calibrated on the other. Where a half is too small
 * for that, they are absent.
 */
record ValidationMetrics(Calibrator calibrator) {
    private static final Logger log = LoggerFactory.getLogger(ValidationMetrics.class);

    private static final List<String> BY_ORDER = List.of("auc", "eer", "ap");
    private static final List<String> BY_PROBABILITY = List.of("log_loss", "brier", "ece");
    private static final List<String> BY_DECISION = List.of("apcer", "bpcer", "accuracy");

    /** @param clips with raw logits */
    Map<String, Double> of(List<Sample> clips) {
        var metrics = new LinkedHashMap<String, Double>();
        for (String set : clips.stream().map(Sample::group).distinct().toList()) {
            for (var condition : Condition.values()) {
                Metrics.of(Scores.of(Validator.byFace(of(clips, set, condition))), 0.5)
                        .forEach((name, value) -> {
                            if (BY_ORDER.contains(name)) {
                                metrics.put(key(set, condition, name), value);
                            }
                        });
            }
        }
        try {
            putHeldOut(metrics, halves(clips));
        } catch (IllegalArgumentException e) {
            log.info("no held-out calibration: {}", e.getMessage());
        }
        return metrics;
    }

    private void putHeldOut(Map<String, Double> metrics, List<List<Sample>> halves) {
        var calibrations = List.of(calibrator.fit(halves.get(1)), calibrator.fit(halves.get(0)));
        var faces = new ArrayList<List<Sample>>();
        for (int half = 0; half < 2; half++) {
            var calibration = calibrations.get(half);
            faces.add(Validator.byFace(halves.get(half)).stream()
                    .map(face -> face.calibrated(calibration))
                    .toList());
        }
        var all = Stream.concat(faces.get(0).stream(), faces.get(1).stream()).toList();
        for (String set : all.stream().map(Sample::group).distinct().toList()) {
            for (var condition : Condition.values()) {
                var probabilities = Metrics.of(Scores.of(of(all, set, condition)), 0.5);
                BY_PROBABILITY.forEach(name -> {
                    if (probabilities.containsKey(name)) {
                        metrics.put(key(set, condition, name), probabilities.get(name));
                    }
                });
                // Thresholds differ between the halves, so decisions are counted in each.
                var decisions = IntStream.range(0, 2)
                        .mapToObj(half -> Metrics.of(
                                Scores.of(of(faces.get(half), set, condition)),
                                calibrations.get(half).threshold()))
                        .toList();
                BY_DECISION.forEach(name -> decisions.stream()
                        .filter(half -> half.containsKey(name))
                        .mapToDouble(half -> half.get(name))
                        .average()
                        .ifPresent(mean -> metrics.put(key(set, condition, name), mean)));
            }
        }
    }

    /** By the order of their groups' digests, so that the same data is always halved alike. */
    private static List<List<Sample>> halves(List<Sample> clips) {
        var groups = clips.stream()
                .map(Sample::person)
                .distinct()
                .sorted(Comparator.comparing((String group) -> Sha256.of(group)))
                .toList();
        var first = Set.copyOf(groups.subList(0, groups.size() / 2));
        return List.copyOf(clips.stream()
                .collect(Collectors.partitioningBy(clip -> first.contains(clip.person())))
                .values());
    }

    private static List<Sample> of(List<Sample> samples, String set, Condition condition) {
        return samples.stream()
                .filter(sample ->
                        sample.group().equals(set) && sample.condition().equals(condition.label()))
                .toList();
    }

    private static String key(String set, Condition condition, String name) {
        return "validation." + set + "." + condition.label() + "." + name;
    }
}
