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
                %s%s%s%s
                </main></body></html>
                """
                .formatted(title, css(), title, subtitle(), sets(), unjudged(), notes());
    }

    private String subtitle() {
        return format(
                "<p class='soft'>threshold %.3f · %s<br>model digest <code>%s</code></p>",
                report.threshold(), report.date(), escape(report.model().digest()));
    }

    private String sets() {
        return report.trial().sets().stream().map(this::set).collect(Collectors.joining());
    }

    private String set(Trial.DataSet set) {
        var sections = report.sections().stream()
                .filter(section -> section.set().equals(set.name()))
                .toList();
        return "<h2>" + escape(set.name()) + "</h2>"
                + format(
                        "<p class='soft'>%s split: %d of %d files · manifest digest <code>%s</code></p>",
                        set.split(), set.files(), set.ofFiles(), set.digest())
                + (sections.isEmpty() ? "<p>No face was judged.</p>" : judged(sections));
    }

    private String judged(List<Section> sections) {
        Section first = sections.get(0);
        return "<div class='tiles'>" + tiles(first) + "</div>"
                + "<h3>" + escape(words(first.condition())) + "</h3><div class='charts'>" + charts(first) + "</div>"
                + byCondition(sections)
                + byManipulation(sections)
                + sections.stream()
                        .skip(1)
                        .map(section -> "<details><summary>Charts: " + escape(words(section.condition()))
                                + "</summary><div class='charts'>" + charts(section) + "</div></details>\n")
                        .collect(Collectors.joining());
    }

    private static String tiles(Section section) {
        return tile("AUC", "auc", section)
                + tile("Equal error rate", "eer", section)
                + tile("APCER: fakes missed", "apcer", section)
                + tile("BPCER: false alarms", "bpcer", section)
                + tile("Calibration error", "ece", section);
    }

    private static String tile(String title, String metric, Section section) {
        return section.all()
                .metric(metric)
                .map(e -> "<b>" + text(metric).apply(e.value()) + "</b><span>" + interval(metric, e) + "</span>")
                .map(value -> "<div class='tile'><span>" + title + "</span>" + value + "</div>")
                .orElse("<div class='tile'><span>" + title + "</span><b>–</b><span>undefined: needs " + missing(section)
                        + "</span></div>");
    }

    /** The class that is not there. */
    private static String missing(Section section) {
        return section.all().fake() == 0 ? "fakes" : "authentic faces";
    }

    private String charts(Section section) {
        return card(
                        "Receiver operating characteristic",
                        section.roc()
                                .map(roc -> Charts.roc(roc, section.confusion()))
                                .orElse("<p class='soft'>Undefined: needs " + missing(section) + ".</p>"),
                        section.roc().isPresent() ? "dot: the threshold in force" : "")
                + card(
                        "Reliability",
                        Charts.reliability(section.reliability()),
                        "on the diagonal, a said 80 % comes true in 80 %")
                + card(
                        "Scores",
                        Charts.histogram(section.histogram(), report.threshold()),
                        "<i style='background:var(--real)'></i>authentic<i style='background:var(--fake)'></i>fake")
                + card("Decisions", confusion(section.confusion()), "at the threshold in force");
    }

    private static String card(String title, String content, String key) {
        return "<div class='card'><h3>" + title + "</h3>" + content + "<p class='key'>" + key + "</p></div>";
    }

    private static String confusion(Confusion c) {
        return """
                <table class='confusion'><tr><th></th><th>called real</th><th>called fake</th></tr>
                <tr><td>authentic</td><td class='right'>%d</td><td class='wrong'>%d<small>%s</small></td></tr>
                <tr><td>fake</td><td class='wrong'>%d<small>%s</small></td><td class='right'>%d</td></tr></table>
                """
                .formatted(
                        c.realAsReal(),
                        c.realAsFake(),
                        c.realAsReal() + c.realAsFake() == 0 ? "" : percent(c.bpcer()) + " false alarms",
                        c.fakeAsReal(),
                        c.fakeAsReal() + c.fakeAsFake() == 0 ? "" : percent(c.apcer()) + " missed",
                        c.fakeAsFake());
    }

    /** What passes in each condition, and the order of the scores in the first. */
    private static String byManipulation(List<Section> sections) {
        Section first = sections.get(0);
        if (first.manipulations().isEmpty()) {
            return "";
        }
        String head = sections.stream()
                .map(section -> "<th>APCER, " + escape(words(section.condition())) + "</th>")
                .collect(Collectors.joining());
        String rows = first.manipulations().stream()
                .map(kind -> "<tr><td class='name'>" + escape(kind.name()) + "</td><td>" + kind.fake() + "</td><td>"
                        + cell("auc", kind.metric("auc")) + "</td>"
                        + sections.stream()
                                .map(section -> "<td>" + cell("apcer", apcer(section, kind.name())) + "</td>")
                                .collect(Collectors.joining())
                        + "</tr>")
                .collect(Collectors.joining("\n"));
        return "<h3>By manipulation, each against every authentic face</h3><div class='card scroll'><table><tr><th></th>"
                + "<th>Fake</th><th>AUC, " + escape(words(first.condition())) + "</th>" + head + "</tr>\n" + rows
                + "</table></div>\n";
    }

    private static Optional<Estimate> apcer(Section section, String manipulation) {
        return section.manipulations().stream()
                .filter(kind -> kind.name().equals(manipulation))
                .findFirst()
                .flatMap(kind -> kind.metric("apcer"));
    }

    private static String byCondition(List<Section> sections) {
        String head = COLUMNS.values().stream().map(c -> "<th>" + c + "</th>").collect(Collectors.joining());
        String rows = sections.stream().map(ReportPage::row).collect(Collectors.joining("\n"));
        return "<h3>By condition</h3><div class='card scroll'><table><tr><th></th><th>Authentic</th><th>Fake</th>"
                + "<th>Not judged</th>" + head + "</tr>\n" + rows + "</table></div>\n";
    }

    private static String row(Section section) {
        String cells = COLUMNS.keySet().stream()
                .map(metric -> "<td>" + cell(metric, section.all().metric(metric)) + "</td>")
                .collect(Collectors.joining());
        return "<tr><td>" + escape(words(section.condition())) + "</td><td>"
                + section.all().authentic() + "</td><td>" + section.all().fake() + "</td><td>" + section.unjudged()
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

    private String unjudged() {
        if (report.trial().unjudged().isEmpty()) {
            return "";
        }
        String rows = report.trial().unjudged().stream()
                .map(file -> "<tr><td class='name'>" + escape(file.file()) + "</td><td>"
                        + escape(words(file.condition())) + "</td><td>" + escape(file.why()) + "</td></tr>")
                .collect(Collectors.joining("\n"));
        return "<h2>Not judged, and in no measure</h2><div class='card scroll'><table>" + rows + "</table></div>\n";
    }

    private String notes() {
        var bootstrap = report.bootstrap();
        String encoder = report.trial().encoder();
        String facts = new TreeMap<>(report.model().facts())
                .entrySet().stream()
                        .map(f -> "<p><b>" + escape(f.getKey()) + "</b> " + escape(f.getValue()) + "</p>")
                        .collect(Collectors.joining());
        return format(
                        "<h2>How to read it</h2><div class='card note'><p>A video is judged by the face that is seen longest,"
                                + " as <code>unmask detect</code> judges it. APCER: share of fakes that pass for real; BPCER:"
                                + " share of authentic faces called fake (ISO/IEC 30107-3), both at the threshold. AUC, EER and"
                                + " AP judge the order of the scores, log-loss, Brier and ECE (%d bins of equal width) the"
                                + " probabilities. Intervals are %.0f %% percentiles of %d bootstrap draws of persons (seed"
                                + " %d); where no or every decision of a class is wrong, exact binomial ones over its"
                                + " persons.</p>",
                        Metrics.BINS, 100 * bootstrap.confidence(), bootstrap.replicates(), bootstrap.seed())
                + (encoder.isEmpty() ? "" : "<p>Videos were encoded anew by " + escape(encoder) + ".</p>")
                + "<p>Made by <code>" + escape(report.trial().command())
                + "</code></p></div><h2>The model's card</h2><div class='card note'>"
                + facts + "</div>";
    }

    private static String words(String condition) {
        return condition.replace('_', ' ');
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
