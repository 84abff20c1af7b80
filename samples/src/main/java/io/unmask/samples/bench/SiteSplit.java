package io.unmask.samples.bench;

import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.unmask.model.data.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Gives the videos of a manifest to several sites, each origin to one of them: with its origins a site has tools, persons
 * and cameras that no other has. Videos of the folds that are judged by belong to all.
 */
final class SiteSplit {
    private static final CsvSchema COLUMNS = CsvSchema.builder()
            .addColumns(
                    List.of("path", "label", "group", "method", "from", "fold", "split", "margin", "weight"),
                    CsvSchema.ColumnType.STRING)
            .build()
            .withHeader();

    private final List<Manifest.Row> rows;
    private final Set<String> judged;

    private SiteSplit(List<Manifest.Row> rows, Set<String> judged) {
        this.rows = rows;
        this.judged = judged;
    }

    /**
     * Reads a manifest, which must have the columns {@code from} and {@code fold}; {@code folds.csv} may give the latter.
     *
     * @param judged folds that no site learns from
     */
    static SiteSplit read(Path manifest, Set<String> judged) throws IOException {
        List<Manifest.Row> rows =
                Manifest.read(manifest, List.of("real", "fake")).rows();
        if (rows.stream().allMatch(row -> row.origin().isEmpty())
                || rows.stream().allMatch(row -> row.fold().isEmpty())) {
            throw new IOException(manifest + ": needs the columns from and fold");
        }
        return new SiteSplit(rows, judged);
    }

    /** Rows of each site. Origins with fakes go to the site with the fewest fakes, the others to that with the fewest rows. */
    List<List<Manifest.Row>> sites(int count) {
        List<List<Manifest.Row>> sites =
                Stream.<List<Manifest.Row>>generate(ArrayList::new).limit(count).toList();
        var origins = learntFrom().stream()
                .collect(Collectors.groupingBy(Manifest.Row::origin, LinkedHashMap::new, Collectors.toList()));
        Comparator<List<Manifest.Row>> byFakes = Comparator.comparingLong(SiteSplit::fakes);
        origins.values().stream()
                .sorted(byFakes.thenComparing(List::size).reversed())
                .forEach(origin -> sites.stream()
                        .min(fakes(origin) > 0 ? byFakes : Comparator.comparingInt(List::size))
                        .orElseThrow()
                        .addAll(origin));
        return sites;
    }

    /** Rows of all sites together. */
    List<Manifest.Row> learntFrom() {
        return rows.stream().filter(row -> !judged.contains(row.fold())).toList();
    }

    static long fakes(List<Manifest.Row> rows) {
        return rows.stream().filter(row -> row.label().equals("fake")).count();
    }

    /** Writes the manifest of a site: its own rows, and those that all are judged by. */
    void write(List<Manifest.Row> own, Path manifest) throws IOException {
        Files.createDirectories(manifest.getParent());
        try (SequenceWriter lines = new CsvMapper().writer(COLUMNS).writeValues(manifest.toFile())) {
            lines.writeAll(Stream.concat(own.stream(), rows.stream().filter(row -> judged.contains(row.fold())))
                    .map(SiteSplit::line)
                    .toList());
        }
    }

    /** A row of a site's manifest. Its path is absolute, since that manifest lies elsewhere. */
    private static List<String> line(Manifest.Row row) {
        return List.of(
                row.file().toAbsolutePath().toString(),
                row.label(),
                row.group(),
                row.method(),
                row.origin(),
                row.fold(),
                row.split(),
                Double.toString(row.margin()),
                Double.toString(row.weight()));
    }
}
