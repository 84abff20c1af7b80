package io.unmask.model.train;

import io.unmask.config.TrainSettings;
import io.unmask.model.calibrate.Calibrator;
import io.unmask.model.calibrate.DistanceLimit;
import io.unmask.model.calibrate.LabelCalibrator;
import io.unmask.model.data.Manifest;
import io.unmask.model.evaluate.LabelTable;
import io.unmask.model.evaluate.LabelledClip;
import io.unmask.model.evaluate.RiskCoverageText;
import io.unmask.model.evaluate.Sample;
import io.unmask.model.evaluate.ToolTableText;
import io.unmask.model.export.ModelCardPage;
import io.unmask.model.export.SavedModelExporter;
import io.unmask.model.graph.Architecture;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelCards;
import io.unmask.model.spec.ModelDigest;
import io.unmask.model.spec.OutOfDistribution;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Turns trained weights into a model directory: exported, calibrated on the validation faces, with its card. */
record ModelWriter(
        Training.Request request,
        TrainSettings settings,
        Architecture architecture,
        List<String> labels,
        Training.Context context) {

    /**
     * What was fitted to faces that the network did not learn from.
     *
     * @param table of the left-out faces, for the card's page; empty when there are none
     */
    private record Fit(
            Optional<Calibration> calibration,
            Optional<OutOfDistribution> outOfDistribution,
            Map<String, Double> metrics,
            List<String> table) {}

    /** @param told facts for the card that the settings do not tell */
    ModelCard write(TrainStep step, Validator validator, String dataDigest, Map<String, String> told)
            throws IOException {
        var fit = fit(step, validator, dataDigest);
        var weights = new HashMap<>(step.servingWeights());
        if (fit.outOfDistribution().isPresent()) {
            validator.familiar().ifPresent(faces -> weights.putAll(faces.weights()));
        }
        SavedModelExporter.export(architecture, weights, request.out());
        var card = card(fit, dataDigest, told);
        ModelCards.write(request.out(), card);
        ModelCardPage.write(card, request.out());
        if (!fit.table().isEmpty()) {
            ModelCardPage.append(fit.table(), request.out());
        }
        return card;
    }

    private Fit fit(TrainStep step, Validator validator, String dataDigest) throws IOException {
        if (!labels.equals(Training.DETECTOR)) {
            return fitLabels(validator.labelled(step), dataDigest);
        }
        var clips = validator.samples(step);
        if (request.calibrateBy().isEmpty()) {
            var calibrator = calibrator(dataDigest);
            return new Fit(
                    Optional.of(calibrate(calibrator, clips)),
                    distanceLimit(dataDigest).of(clips),
                    new ValidationMetrics(calibrator).of(clips),
                    List.of());
        }
        var leftOut = LeftOut.read(request.calibrateBy());
        var calibrator = calibrator(leftOut.digest());
        var calibration = calibrate(calibrator, leftOut.clips());
        var limit = distanceLimit(leftOut.digest()).of(leftOut.clips());
        if (limit.isEmpty() && validator.familiar().isPresent()) {
            context.progress()
                    .limited("the trainings to calibrate by told no distances, so that the service cannot say"
                            + " out_of_distribution: repeat them by this version of unmask");
        }
        var metrics = new ValidationMetrics(calibrator).of(clips);
        var table = leftOut.table(calibrator);
        metrics.put("left_out.auc", table.macroAuc().value());
        metrics.put("left_out.auc.standard_error", table.macroAuc().standardError());
        metrics.put("left_out.bpcer", table.macroFalseAlarms());
        var lines = new ArrayList<>(ToolTableText.whole(table));
        lines.add("");
        lines.addAll(RiskCoverageText.table(leftOut.risk(calibrator, limit.map(OutOfDistribution::limit))));
        return new Fit(Optional.of(calibration), limit, metrics, lines);
    }

    private Fit fitLabels(List<LabelledClip> clips, String dataDigest) {
        var calibrator = new LabelCalibrator(labels, dataDigest, LocalDate.now(context.clock()));
        return new Fit(
                Optional.of(calibrated(() -> calibrator.fit(clips))),
                distanceLimit(dataDigest).ofLabelled(clips),
                LabelTable.metrics(labels, clips),
                List.of());
    }

    private ModelCard card(Fit fit, String dataDigest, Map<String, String> told) throws IOException {
        return new ModelCard(
                request.name().name(),
                request.name().version(),
                ModelDigest.of(request.out()),
                architecture.spec(settings.cropScale(), settings.sampleFps(), labels),
                fit.calibration(),
                fit.outOfDistribution(),
                dataDigest,
                settings.seed(),
                Optional.ofNullable(Training.class.getPackage().getImplementationVersion())
                        .orElse("development"),
                settingsByName(),
                fit.metrics(),
                facts(told));
    }

    private DistanceLimit distanceLimit(String setDigest) {
        return new DistanceLimit(settings.outOfDistributionRate(), setDigest);
    }

    private Calibrator calibrator(String setDigest) {
        return new Calibrator(settings.falseAlarmRate(), setDigest, LocalDate.now(context.clock()));
    }

    private Calibration calibrate(Calibrator calibrator, List<Sample> clips) {
        return calibrated(() -> calibrator.fit(clips));
    }

    private Calibration calibrated(Supplier<Calibration> fit) {
        try {
            return fit.get();
        } catch (IllegalArgumentException e) {
            throw new TrainingException(
                    request.out() + ": " + e.getMessage() + "; train longer or on more validation faces", e);
        }
    }

    private Map<String, String> facts(Map<String, String> told) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("Videos", names(request.videos()));
        facts.put("Face crops", names(request.faces()));
        facts.put("Started from", request.from().isEmpty() ? "random weights" : names(request.from()));
        facts.putAll(told);
        return facts;
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
