package io.unmask.model.train;

import io.unmask.config.TrainSettings;
import io.unmask.model.calibrate.Calibrator;
import io.unmask.model.data.Manifest;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.ToolTableText;
import io.unmask.model.export.ModelCardPage;
import io.unmask.model.export.SavedModelExporter;
import io.unmask.model.graph.Architecture;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelCards;
import io.unmask.model.spec.ModelDigest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns trained weights into a model directory: exported, calibrated on the validation faces, with its card. */
record ModelWriter(
        Training.Request request, TrainSettings settings, Architecture architecture, List<String> labels, Clock clock) {

    ModelCard write(TrainStep step, Validator validator, String dataDigest, long steps) throws IOException {
        SavedModelExporter.export(architecture, step.servingWeights(), request.out());
        if (!labels.equals(Training.DETECTOR)) {
            // The service refuses it: what it says is no p_fake.
            return card(Optional.empty(), Map.of("validation.accuracy", validator.accuracy(step)), dataDigest, steps);
        }
        var clips = validator.samples(step);
        if (request.calibrateBy().isEmpty()) {
            var calibrator = calibrator(dataDigest);
            var calibration = calibrate(calibrator, clips);
            return card(Optional.of(calibration), new ValidationMetrics(calibrator).of(clips), dataDigest, steps);
        }
        var leftOut = LeftOut.read(request.calibrateBy());
        var calibrator = calibrator(leftOut.digest());
        var calibration = calibrate(calibrator, leftOut.clips());
        var metrics = new ValidationMetrics(calibrator).of(clips);
        var table = leftOut.table(calibrator);
        metrics.put("left_out.auc", table.macroAuc().value());
        metrics.put("left_out.auc.standard_error", table.macroAuc().standardError());
        metrics.put("left_out.bpcer", table.macroFalseAlarms());
        var card = card(Optional.of(calibration), metrics, dataDigest, steps);
        ModelCardPage.append(ToolTableText.whole(table), request.out());
        return card;
    }

    private ModelCard card(
            Optional<Calibration> calibration, Map<String, Double> metrics, String dataDigest, long steps)
            throws IOException {
        var card = new ModelCard(
                request.name().name(),
                request.name().version(),
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

    private Calibrator calibrator(String setDigest) {
        return new Calibrator(settings.falseAlarmRate(), true, setDigest, LocalDate.now(clock));
    }

    private Calibration calibrate(Calibrator calibrator, List<Sample> clips) {
        try {
            return calibrator.fit(clips);
        } catch (IllegalArgumentException e) {
            throw new TrainingException(
                    request.out() + ": " + e.getMessage() + "; train longer or on more validation faces", e);
        }
    }

    private Map<String, String> facts(long steps) {
        return Map.of(
                "Steps", Long.toString(steps),
                "Videos", names(request.videos()),
                "Face crops", names(request.faces()),
                "Started from", request.from().isEmpty() ? "random weights" : names(request.from()));
    }

    private static String names(List<Path> paths) {
        return paths.isEmpty()
                ? "none"
                : String.join(", ", paths.stream().map(Manifest::nameOf).toList());
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
