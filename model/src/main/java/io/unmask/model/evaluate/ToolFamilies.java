package io.unmask.model.evaluate;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.stream.Collectors;

/** What kind of manipulation the tools that we know make, as in swap, lip-sync or talking head. */
public final class ToolFamilies {
    private static final String FILE = "tool-families.csv";

    private ToolFamilies() {}

    /** The family of each tool, by its name in manifests. */
    public static Map<String, String> known() {
        try (InputStream in = ToolFamilies.class.getResourceAsStream(FILE);
                MappingIterator<Map<String, String>> lines = new CsvMapper()
                        .readerForMapOf(String.class)
                        .with(CsvSchema.emptySchema().withHeader())
                        .readValues(in)) {
            return lines.readAll().stream()
                    .collect(Collectors.toUnmodifiableMap(line -> line.get("tool"), line -> line.get("family")));
        } catch (IOException e) {
            throw new UncheckedIOException(FILE + " of this build cannot be read", e);
        }
    }
}
