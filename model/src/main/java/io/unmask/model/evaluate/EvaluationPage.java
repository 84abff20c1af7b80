package io.unmask.model.evaluate;

import io.unmask.model.spec.ModelCard;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the pages of all reports begin and end with, as {@code end.mustache} and the templates of the pages read it. */
interface EvaluationPage {
    Report report();

    /** A report as its page's frame needs it. */
    interface Report {
        ModelCard model();

        double threshold();

        LocalDate date();

        Trial<?> trial();
    }

    /** A file that got no score. */
    record UnjudgedView(String file, String condition, String why) {}

    default String title() {
        return "Evaluation of " + report().model().name() + " "
                + report().model().version();
    }

    default String threshold() {
        return ShownMeasures.decimal(report().threshold());
    }

    default String date() {
        return report().date().toString();
    }

    default String digest() {
        return report().model().digest();
    }

    default List<UnjudgedView> unjudged() {
        return report().trial().unjudged().stream()
                .map(file -> new UnjudgedView(file.file(), SectionView.words(file.condition()), file.why()))
                .toList();
    }

    default boolean hasUnjudged() {
        return !unjudged().isEmpty();
    }

    default String encoder() {
        return report().trial().encoder();
    }

    default String command() {
        return report().trial().command();
    }

    /** The model's card, by name. */
    default Collection<Map.Entry<String, String>> facts() {
        return new TreeMap<>(report().model().facts()).entrySet();
    }
}
