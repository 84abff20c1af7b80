package io.unmask.detector.evidence;

import io.unmask.detector.evidence.SourceView.Fact;
import io.unmask.detector.verdict.Verdict;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.ModelCard;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the template shows of the whole report. The section of a source is made only when it is written. */
final class ReportView {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH);
    private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern(
                    "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final List<Report.Source> sources;
    private final ModelCard card;
    private final String unmaskVersion;
    private final String settingsDigest;
    private final Instant made;

    ReportView(List<Report.Source> sources, ModelCard card, String unmaskVersion, String settingsDigest, Instant made) {
        this.sources = sources;
        this.card = card;
        this.unmaskVersion = unmaskVersion;
        this.settingsDigest = settingsDigest;
        this.made = made;
    }

    String title() {
        return several() ? Words.count(sources.size(), "video") : view(0).name();
    }

    boolean several() {
        return sources.size() > 1;
    }

    Iterable<SourceView> sources() {
        return () -> views().iterator();
    }

    private Stream<SourceView> views() {
        return IntStream.range(0, sources.size()).mapToObj(this::view);
    }

    private SourceView view(int index) {
        return new SourceView(index + 1, sources.get(index), SourceView.Limits.of(sources.size()));
    }

    /** The gravest of the sources' outcomes. */
    Told outcome() {
        Conclusion gravest = views().map(SourceView::conclusion)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        TreeSet<String> labels = new TreeSet<>();
        views().forEach(view -> labels.addAll(view.labels()));
        return Told.of(gravest, labels);
    }

    /** Whether the model tells fake from real. Any other model has labels of its own. */
    boolean detector() {
        return card.spec().detects();
    }

    /** Whether any picture has a map of where it looks forged, which the report must then explain. */
    boolean located() {
        return sources.stream().anyMatch(source -> source.pictures().hasForgeryMap());
    }

    String labels() {
        return String.join(", ", card.spec().labels());
    }

    String finding() {
        if (!several()) {
            return view(0).finding();
        }
        Map<Conclusion, Long> counts = views().map(SourceView::conclusion)
                .collect(Collectors.groupingBy(
                        outcome -> outcome, () -> new EnumMap<>(Conclusion.class), Collectors.counting()));
        return counts.entrySet().stream()
                        .map(count -> Words.grouped(count.getValue()) + " " + inAList(count.getKey()))
                        .collect(Collectors.joining(", "))
                + ".";
    }

    private static String inAList(Conclusion outcome) {
        return switch (outcome) {
            case FAKE -> "with a face that is likely manipulated";
            case LABELLED -> "with a labelled face";
            case INCONCLUSIVE -> "inconclusive";
            case REAL -> "without a sign of manipulation";
            case NOT_EVALUABLE -> "could not be judged";
            case UNFINISHED -> "without a final verdict";
        };
    }

    String made() {
        return MINUTE.format(made);
    }

    String madeIso() {
        return made.toString();
    }

    String version() {
        return unmaskVersion;
    }

    String settingsDigest() {
        return settingsDigest;
    }

    /** What the threshold of the model that judged last is, and how often it leads to errors. */
    String threshold() {
        Optional<Verdict.Threshold> threshold = sources.stream()
                .flatMap(source -> source.verdicts().stream())
                .reduce((first, last) -> last)
                .map(Verdict::threshold)
                .or(() -> card.calibration()
                        .map(fit -> new Verdict.Threshold(fit.threshold(), Optional.of(fit.expectedFpr()))));
        return threshold.map(this::threshold).orElse("");
    }

    private String threshold(Verdict.Threshold threshold) {
        String at = "The threshold is " + Words.percent(threshold.pFake()) + ". ";
        if (!detector()) {
            return threshold
                    .expectedFpr()
                    .map(rate -> at + "At this threshold " + Words.rate(rate)
                            + " clips are given a wrong label, as measured on the calibration set.")
                    .orElse(at + "It was set by hand, so how often it gives a wrong label was not measured.");
        }
        return threshold
                .expectedFpr()
                .map(rate -> at + "At this threshold " + Words.rate(rate)
                        + " authentic faces are called fake, as measured on the calibration set.")
                .orElse(at + "It was set by hand, so how many authentic faces it calls fake was not measured.");
    }

    List<CalibrationView> calibration() {
        return card.calibration().stream().map(CalibrationView::of).toList();
    }

    List<Fact> model() {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("Model", card.name() + " " + card.version(), ""));
        facts.add(new Fact("Architecture", card.spec().architecture(), ""));
        facts.add(new Fact("Model digest", card.digest(), "code"));
        facts.add(new Fact("Training manifest", card.trainingDigest(), "code"));
        facts.add(new Fact("Made by", "unmask " + card.codeVersion() + ", seed " + card.seed(), ""));
        new TreeMap<>(card.facts()).forEach((name, fact) -> facts.add(new Fact(sentence(name), fact, "")));
        return facts;
    }

    List<Fact> metrics() {
        return new TreeMap<>(card.metrics())
                .entrySet().stream()
                        .map(metric ->
                                new Fact(metric.getKey(), String.format(Locale.ROOT, "%.3f", metric.getValue()), ""))
                        .toList();
    }

    /** Turns {@code training-data} into {@code Training data}. */
    private static String sentence(String key) {
        String words = key.replace('-', ' ').replace('_', ' ');
        return words.isEmpty() ? words : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }

    /**
     * @param points the expected calibration error, in percentage points
     */
    record CalibrationView(String date, String method, String points, String brier, String digest) {
        static CalibrationView of(Calibration fit) {
            return new CalibrationView(
                    day(fit.date()),
                    fit.method(),
                    String.format(Locale.ROOT, "%.1f", 100 * fit.ece()),
                    String.format(Locale.ROOT, "%.3f", fit.brier()),
                    fit.setDigest());
        }

        private static String day(LocalDate date) {
            return DAY.format(date);
        }
    }
}
