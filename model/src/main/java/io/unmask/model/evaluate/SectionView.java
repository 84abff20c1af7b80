package io.unmask.model.evaluate;

import io.unmask.model.page.Plot;
import java.util.List;
import java.util.Map;

/** A data set in one condition, as {@code section.mustache} reads it. */
record SectionView(Section section, double threshold) {
    private static final Map<String, String> TILES = Map.of(
            "auc", "AUC",
            "eer", "Equal error rate",
            "apcer", "APCER: fakes missed",
            "bpcer", "BPCER: false alarms",
            "ece", "Calibration error");

    static String words(String condition) {
        return condition.replace('_', ' ');
    }

    String condition() {
        return words(section.condition());
    }

    /** @param undefined whether a class that the measure needs is missing */
    record Tile(String title, ShownMeasures.Figure figure, boolean undefined) {}

    List<Tile> tiles() {
        return ShownMeasures.TITLES.keySet().stream()
                .filter(TILES::containsKey)
                .map(metric -> new Tile(
                        TILES.get(metric),
                        ShownMeasures.of(metric, section.all().metric(metric)),
                        section.all().metric(metric).isEmpty()))
                .toList();
    }

    /** The class that is not there. */
    String missing() {
        return section.all().fake() == 0 ? "fakes" : "authentic faces";
    }

    List<Plot> roc() {
        return section.roc().stream()
                .map(roc -> Plots.roc(roc, section.confusion()))
                .toList();
    }

    List<Plot> riskCoverage() {
        return section.risk().isEmpty() ? List.of() : List.of(Plots.riskCoverage(section.risk()));
    }

    Plot reliability() {
        return Plots.reliability(section.reliability());
    }

    Plot histogram() {
        return Plots.histogram(section.histogram(), threshold);
    }

    Confusion confusion() {
        return section.confusion();
    }

    String falseAlarms() {
        return section.all().authentic() == 0
                ? ""
                : ShownMeasures.percent(confusion().bpcer()) + " false alarms";
    }

    String missed() {
        return section.all().fake() == 0
                ? ""
                : ShownMeasures.percent(confusion().apcer()) + " missed";
    }

    int authentic() {
        return section.all().authentic();
    }

    int fake() {
        return section.all().fake();
    }

    int unjudged() {
        return section.unjudged();
    }

    List<ShownMeasures.Figure> figures() {
        return ShownMeasures.TITLES.keySet().stream()
                .map(metric -> ShownMeasures.of(metric, section.all().metric(metric)))
                .toList();
    }

    ShownMeasures.Figure apcer(String manipulation) {
        return ShownMeasures.of(
                "apcer",
                section.manipulations().stream()
                        .filter(kind -> kind.name().equals(manipulation))
                        .findFirst()
                        .flatMap(kind -> kind.metric("apcer")));
    }
}
