package io.unmask.model.evaluate;

import io.unmask.model.page.PageTemplate;
import java.util.Collection;
import java.util.List;

/** The report as {@code evaluation.mustache} reads it. */
record EvaluationView(EvaluationReport report) implements EvaluationPage {
    private static final PageTemplate PAGE = PageTemplate.of(EvaluationView.class, "evaluation.mustache");

    String page() {
        return PAGE.text(this);
    }

    List<SetView> sets() {
        return report.trial().sets().stream()
                .map(set -> new SetView(
                        set,
                        report.sections().stream()
                                .filter(section -> section.set().equals(set.name()))
                                .map(section -> new SectionView(section, report.threshold()))
                                .toList()))
                .toList();
    }

    int bins() {
        return Metrics.BINS;
    }

    String confidence() {
        return Math.round(100 * report.bootstrap().confidence()) + " %";
    }

    int replicates() {
        return report.bootstrap().replicates();
    }

    long seed() {
        return report.bootstrap().seed();
    }

    /**
     * A data set.
     *
     * @param sections one for each condition in which a face was judged
     */
    record SetView(Trial.DataSet set, List<SectionView> sections) {
        String name() {
            return set.name();
        }

        String split() {
            return set.split();
        }

        int files() {
            return set.files();
        }

        int ofFiles() {
            return set.ofFiles();
        }

        String digest() {
            return set.digest();
        }

        boolean judged() {
            return !sections.isEmpty();
        }

        SectionView first() {
            return sections.get(0);
        }

        List<SectionView> others() {
            return sections.subList(1, sections.size());
        }

        Collection<String> columns() {
            return ShownMeasures.TITLES.values();
        }

        boolean hasManipulations() {
            return judged() && !first().section().manipulations().isEmpty();
        }

        /** What passes in each condition, and the order of the scores in the first. */
        List<ManipulationView> manipulations() {
            return first().section().manipulations().stream()
                    .map(kind -> new ManipulationView(
                            kind.name(),
                            kind.fake(),
                            ShownMeasures.of("auc", kind.metric("auc")),
                            sections.stream()
                                    .map(section -> section.apcer(kind.name()))
                                    .toList()))
                    .toList();
        }
    }

    /** @param apcer one for each condition */
    record ManipulationView(String name, int fake, ShownMeasures.Figure auc, List<ShownMeasures.Figure> apcer) {}
}
