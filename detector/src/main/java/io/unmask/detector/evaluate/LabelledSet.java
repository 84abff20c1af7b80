package io.unmask.detector.evaluate;

import io.unmask.model.data.Manifest;
import io.unmask.model.evaluate.Trial;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The part of a data set that is measured.
 *
 * @param crops whether its pictures are face crops already
 */
record LabelledSet(Trial.DataSet facts, List<Manifest.Row> rows, boolean crops) {

    /**
     * Reads the part of a data set that is measured.
     *
     * @param labels that its files may have
     * @throws IOException when the manifest is bad, or has no row in the split
     */
    static LabelledSet read(Path data, String name, Split split, boolean crops, List<String> labels)
            throws IOException {
        var manifest = Manifest.read(data, labels);
        var rows =
                manifest.rows().stream().filter(row -> split.holds(row.split())).toList();
        for (var row : rows) {
            if (!labels.contains(label(row))) {
                throw new IOException(
                        data + ": " + row.name() + " has the label " + row.label() + ": must be one of " + labels);
            }
        }
        if (rows.isEmpty()) {
            var splits = manifest.rows().stream()
                    .collect(Collectors.groupingBy(Manifest.Row::split, TreeMap::new, Collectors.counting()));
            throw new IOException(data + ": no file in the " + split.label() + " split, it has " + splits
                    + "; choose another by --split");
        }
        var facts = new Trial.DataSet(
                name,
                data.toString(),
                manifest.digest(),
                split.label(),
                rows.size(),
                manifest.rows().size());
        return new LabelledSet(facts, rows, crops);
    }

    /** The true label of a file. */
    static String label(Manifest.Row row) {
        return row.label().toLowerCase(Locale.ROOT);
    }
}
