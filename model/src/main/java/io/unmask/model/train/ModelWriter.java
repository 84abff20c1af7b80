package io.unmask.model.train;

import io.unmask.config.TrainSettings;
import io.unmask.model.calibrate.Calibrator;
import io.unmask.model.data.Manifest;
import io.unmask.model.evaluate.Metrics;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.Scores;
import io.unmask.model.export.ModelCardPage;
import io.unmask.model.export.SavedModelExporter;
import io.unmask.model.forge.Condition;
import io.unmask.model.graph.Architecture;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelCards;
import io.unmask.model.spec.ModelDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns trained weights into a model directory: exported, calibrated on the validation faces, with its card. */
record ModelWriter(
        Training.Request request, TrainSettings settings, Architecture architecture, List<String> labels, Clock clock) {
    private static final Logger log = LoggerFactory.getLogger(ModelWriter.class);

    private static final List<String> BY_ORDER = List.of("auc", "eer", "ap");
    private static final List<String> BY_PROBABILITY = List.of("log_loss", "brier", "ece");
    private static final List<String> BY_DECISION = List.of("apcer", "bpcer", "accuracy");

    ModelCard write(TrainStep step, Judge judge, String dataDigest, long steps) throws IOException {
        SavedModelExporter.export(architecture, step.servingWeights(), request.out());
        if (!labels.equals(Training.DETECTOR)) {
            // The service refuses it: what it says is no p_fake.
            return card(Optional.empty(), Map.of("validation.accuracy", judge.accuracy(step)), dataDigest, steps);
        }
        var clips = new ArrayList<Sample>();
        for (var condition : Condition.values()) {
            clips.addAll(judge.samples(step, condition));
        }
        var calibration = calibrate(clips, dataDigest);
        return card(Optional.of(calibration), metrics(clips, dataDigest), dataDigest, steps);
    }

    private ModelCard card(
            Optional<Calibration> calibration, Map<String, Double> metrics, String dataDigest, long steps)
            throws IOException {
        var card = new ModelCard(
                request.name(),
                "1",
                ModelDigest.of(request.out()),
                architecture.spec(settings.cropScale(), settings.sampleFps(), labels),
                calibration,
                dataDigest,
                settings.seed(),
                Optional.ofNullable(Training.class.getPackage().getImplementationVersion())
                        .orElse("development"),
                settingsByName(),
                metrics,
                facts(steps));
        ModelCards.write(request.out(), card);
        ModelCardPage.write(card, request.out());
        return card;
    }

    private Calibration calibrate(List<Sample> clips, String dataDigest) {
        try {
            return calibrator(dataDigest).fit(clips);
        } catch (IllegalArgumentException e) {
            throw new TrainingException(
                    request.out() + ": " + e.getMessage() + "; train longer or on more validation faces", e);
        }
    }

    private Calibrator calibrator(String dataDigest) {
        return new Calibrator(settings.falseAlarmRate(), false, dataDigest, LocalDate.now(clock));
    }

    /**
     * By faces, for each data set under each condition. Probabilities and decisions are by a calibration that has not seen
     * the face: each half of the groups is calibrated on the other. Where a half is too small for that, they are absent.
     */
    private Map<String, Double> metrics(List<Sample> clips, String dataDigest) {
        var metrics = new LinkedHashMap<String, Double>();
        for (String set : clips.stream().map(Sample::group).distinct().toList()) {
            for (var condition : Condition.values()) {
                Metrics.of(Scores.of(Judge.byFace(of(clips, set, condition))), 0.5)
                        .forEach((name, value) -> {
                            if (BY_ORDER.contains(name)) {
                                metrics.put(key(set, condition, name), value);
                            }
                        });
            }
        }
        try {
            putHeldOut(metrics, halves(clips), dataDigest);
        } catch (IllegalArgumentException e) {
            log.info("no held-out calibration: {}", e.getMessage());
        }
        return metrics;
    }

    private void putHeldOut(Map<String, Double> metrics, List<List<Sample>> halves, String dataDigest) {
        var calibrator = calibrator(dataDigest);
        var calibrations = List.of(calibrator.fit(halves.get(1)), calibrator.fit(halves.get(0)));
        var faces = new ArrayList<List<Sample>>();
        for (int half = 0; half < 2; half++) {
            var calibration = calibrations.get(half);
            faces.add(Judge.byFace(halves.get(half)).stream()
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
                .sorted(Comparator.comparing((String group) -> Manifest.sha256(group)))
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

    private Map<String, String> facts(long steps) {
        return Map.of(
                "Steps", Long.toString(steps),
                "Videos", names(request.videos()),
                "Face crops", names(request.faces()),
                "Started from", request.from().map(Path::toString).orElse("random weights"));
    }

    private static String names(List<Path> paths) {
        return paths.isEmpty()
                ? "none"
                : String.join(", ", paths.stream().map(Path::toString).toList());
    }

    private Map<String, Object> settingsByName() {
        var values = new LinkedHashMap<String, Object>();
        for (var component : TrainSettings.class.getRecordComponents()) {
            try {
                var value = component.getAccessor().invoke(settings);
                values.put(
                        component.getName(),
                        value instanceof Optional<?> o ? o.map(Object::toString).orElse("") : value);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException("a record's accessor is public", e);
            }
        }
        return values;
    }
}
