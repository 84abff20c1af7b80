package io.unmask.samples.bench;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Gives the videos of a manifest to several sites, each origin to one of them: with its origins a site has tools, persons
 * and cameras that no other has. Videos of the folds that are judged by belong to all.
 */
final class SiteSplit {
    private static final String ORIGIN = "from";
    private static final String FOLD = "fold";
    private static final String PATH = "path";

    private final List<Map<String, String>> rows;
    private final Set<String> judged;

    private SiteSplit(List<Map<String, String>> rows, Set<String> judged) {
        this.rows = rows;
        this.judged = judged;
    }

    /**
     * Reads a manifest, which must have the columns {@code from} and {@code fold}.
     *
     * @param judged folds that no site learns from
     */
    static SiteSplit read(Path manifest, Set<String> judged) throws IOException {
        ObjectReader reader = new CsvMapper()
                .readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader());
        try (MappingIterator<Map<String, String>> lines = reader.readValues(manifest.toFile())) {
            List<Map<String, String>> rows = lines.readAll();
            for (Map<String, String> row : rows) {
                if (!row.containsKey(ORIGIN) || !row.containsKey(FOLD)) {
                    throw new IOException(manifest + ": needs the columns " + ORIGIN + " and " + FOLD);
                }
                // The sites' manifests lie elsewhere.
                row.put(
                        PATH,
                        manifest.toAbsolutePath().resolveSibling(row.get(PATH)).toString());
            }
            return new SiteSplit(rows, judged);
        }
    }

    /** Rows of each site. Origins with fakes go to the site with the fewest fakes, the others to that with the fewest rows. */
    List<List<Map<String, String>>> sites(int count) {
        List<List<Map<String, String>>> sites =
                IntStream.range(0, count).mapToObj(site -> site()).toList();
        Map<String, List<Map<String, String>>> origins = learntFrom().stream()
                .collect(Collectors.groupingBy(row -> row.get(ORIGIN), LinkedHashMap::new, Collectors.toList()));
        Comparator<List<Map<String, String>>> byFakes = Comparator.comparingLong(SiteSplit::fakes);
        origins.values().stream()
                .sorted(byFakes.thenComparing(List::size).reversed())
                .forEach(origin -> sites.stream()
                        .min(fakes(origin) > 0 ? byFakes : Comparator.comparingInt(List::size))
                        .orElseThrow()
                        .addAll(origin));
        return sites;
    }

    private static List<Map<String, String>> site() {
        return new ArrayList<>();
    }

    /** Rows of all sites together. */
    List<Map<String, String>> learntFrom() {
        return rows.stream().filter(row -> !judged.contains(row.get(FOLD))).toList();
    }

    static long fakes(List<Map<String, String>> rows) {
        return rows.stream().filter(row -> row.get("label").equals("fake")).count();
    }

    /** Writes the manifest of a site: its own rows, and those that all are judged by. */
    void write(List<Map<String, String>> own, Path manifest) throws IOException {
        List<Map<String, String>> all = new ArrayList<>(own);
        rows.stream().filter(row -> judged.contains(row.get(FOLD))).forEach(all::add);
        CsvSchema.Builder schema = CsvSchema.builder();
        rows.get(0).keySet().forEach(schema::addColumn);
        Files.createDirectories(manifest.getParent());
        try (SequenceWriter lines =
                new CsvMapper().writer(schema.build().withHeader()).writeValues(manifest.toFile())) {
            lines.writeAll(all);
        }
    }
}
