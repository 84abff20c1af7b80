package io.unmask.model.evaluate;

import static io.unmask.model.evaluate.Charts.format;
import static io.unmask.model.evaluate.Charts.percent;

import io.unmask.model.evaluate.Slice.Estimate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;

/** The report as one HTML page. Every text from outside is escaped. */
record ReportPage(EvaluationReport report) {
    private static final Map<String, String> COLUMNS = columns();
    private static final Set<String> DECIMALS = Set.of("auc", "ap", "log_loss", "brier", "ece");

    private static Map<String, String> columns() {
        var columns = new LinkedHashMap<String, String>();
        columns.put("auc", "AUC");
        columns.put("eer", "EER");
        columns.put("ap", "AP");
        columns.put("apcer", "APCER");
        columns.put("bpcer", "BPCER");
        columns.put("accuracy", "Accuracy");
        columns.put("log_loss", "Log-loss");
        columns.put("brier", "Brier");
        columns.put("ece", "ECE");
        return columns;
    }

    String render() {
        String title = escape(
                "Evaluation of " + report.model().name() + " " + report.model().version());
        return """
                <!doctype html>
                <html lang="en">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title>
                <style>
                %s</style></head>
                <body><main>
                <h1>%s</h1>
                %s
                <div class="tiles">%s</div>
                <h2>Every condition together</h2>
                <div class="charts">%s</div>
                %s%s%s%s
                </main></body></html>
                """
                .formatted(
                        title,
                        css(),
                        title,
                        subtitle(),
                        tiles(),
                        charts(),
                        table("By condition", report.conditions()),
                        table("By manipulation, each against every authentic clip", report.manipulations()),
                        table("By group", report.groups()),
                        notes());
    }

    private String subtitle() {
        Slice all = report.all();
        return format(
                "<p class='soft'>%d authentic and %d fake clips of %d persons · threshold %.3f · %s<br>"
                        + "model digest <code>%s</code></p>",
                all.authentic(),
                all.fake(),
                all.persons(),
                report.threshold(),
                report.date(),
                escape(report.model().digest()));
    }

    private String tiles() {
        Slice worst = report.worstManipulation();
        return tile("AUC", "auc", report.all())
                + tile("Equal error rate", "eer", report.all())
                + tile("APCER, worst: " + worst.name(), "apcer", worst)
                + tile("BPCER: false alarms", "bpcer", report.all())
                + tile("Calibration error", "ece", report.all());
    }

    private static String tile(String title, String metric, Slice slice) {
        Estimate estimate = slice.metric(metric).orElseThrow();
        return "<div class='tile'><span>" + escape(title) + "</span><b>"
                + text(metric).apply(estimate.value()) + "</b><span>" + interval(metric, estimate) + "</span></div>";
    }

    private String charts() {
        return card(
                        "Receiver operating characteristic",
                        Charts.roc(report.roc(), report.confusion()),
                        "dot: the threshold in force")
                + card(
                        "Reliability",
                        Charts.reliability(report.reliability()),
                        "on the diagonal, a said 80 % comes true in 80 %")
                + card(
                        "Scores",
                        Charts.histogram(report.histogram(), report.threshold()),
                        "<i style='background:var(--real)'></i>authentic<i style='background:var(--fake)'></i>fake")
                + card("Decisions", confusion(), "at the threshold in force");
    }

    private static String card(String title, String content, String key) {
        return "<div class='card'><h3>" + title + "</h3>" + content + "<p class='key'>" + key + "</p></div>";
    }

    private String confusion() {
        Confusion c = report.confusion();
        return """
                <table class='confusion'><tr><th></th><th>called real</th><th>called fake</th></tr>
                <tr><td>authentic</td><td class='right'>%d</td><td class='wrong'>%d<small>%s false alarms</small></td></tr>
                <tr><td>fake</td><td class='wrong'>%d<small>%s missed</small></td><td class='right'>%d</td></tr></table>
                """
                .formatted(
                        c.realAsReal(),
                        c.realAsFake(),
                        percent(c.bpcer()),
                        c.fakeAsReal(),
                        percent(c.apcer()),
                        c.fakeAsFake());
    }

    private static String table(String title, List<Slice> slices) {
        String head = COLUMNS.values().stream().map(c -> "<th>" + c + "</th>").collect(Collectors.joining());
        String rows = slices.stream().map(ReportPage::row).collect(Collectors.joining("\n"));
        return "<h2>" + title + "</h2><div class='card scroll'><table><tr><th></th><th>Authentic</th><th>Fake</th>"
                + head + "</tr>\n" + rows + "</table></div>\n";
    }

    private static String row(Slice slice) {
        String cells = COLUMNS.keySet().stream()
                .map(metric -> "<td>" + cell(metric, slice.metric(metric)) + "</td>")
                .collect(Collectors.joining());
        return "<tr><td>" + escape(slice.name()) + "</td><td>" + slice.authentic() + "</td><td>" + slice.fake()
                + "</td>" + cells + "</tr>";
    }

    private static String cell(String metric, Optional<Estimate> estimate) {
        return estimate.map(e -> text(metric).apply(e.value()) + "<small>" + interval(metric, e) + "</small>")
                .orElse("–");
    }

    private static String interval(String metric, Estimate estimate) {
        var text = text(metric);
        return estimate.interval()
                .map(i -> text.apply(i.low()).replace(" %", "") + "–" + text.apply(i.high()))
                .orElse("one person: no interval");
    }

    private static DoubleFunction<String> text(String metric) {
        return DECIMALS.contains(metric) ? value -> format("%.3f", value) : Charts::percent;
    }

    private String notes() {
        var bootstrap = report.bootstrap();
        String facts = new TreeMap<>(report.model().facts())
                .entrySet().stream()
                        .map(f -> "<p><b>" + escape(f.getKey()) + "</b> " + escape(f.getValue()) + "</p>")
                        .collect(Collectors.joining());
        return format(
                "<h2>How to read it</h2><div class='card note'><p>APCER: share of fakes that pass for real; BPCER: share of"
                        + " authentic clips called fake (ISO/IEC 30107-3), both at the threshold. AUC, EER and AP judge the"
                        + " order of the scores, log-loss, Brier and ECE (%d bins of equal width) the probabilities."
                        + " Intervals are %.0f %% percentiles of %d bootstrap draws of persons (seed %d);"
                        + " where no or every decision of a class is wrong, exact binomial ones over its persons.</p>%s</div>",
                Metrics.BINS, 100 * bootstrap.confidence(), bootstrap.replicates(), bootstrap.seed(), facts);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static String css() {
        try (InputStream in = ReportPage.class.getResourceAsStream("report.css")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
