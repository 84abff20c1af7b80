package io.unmask.model.evaluate;

import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Scored faces as a CSV file, a line a face, so that the scores of several trainings can be read together. */
public final class ScoredFaces {
    private static final CsvMapper CSV =
            CsvMapper.builder().addModule(new Jdk8Module()).build();
    private static final CsvSchema SCHEMA = CSV.schemaFor(Sample.class).withHeader();

    private ScoredFaces() {}

    public static void write(List<Sample> faces, Path file) throws IOException {
        try (SequenceWriter lines = CSV.writer(SCHEMA).writeValues(file.toFile())) {
            lines.writeAll(faces);
        }
    }

    /** @throws IOException naming the file when it cannot be read or is not such a file */
    public static List<Sample> read(Path file) throws IOException {
        ObjectReader reader = CSV.readerFor(Sample.class).with(SCHEMA);
        try (MappingIterator<Sample> lines = reader.readValues(file.toFile())) {
            return lines.readAll();
        } catch (IOException | RuntimeException e) {
            throw new IOException(file + ": not a file of scored faces: " + e.getMessage(), e);
        }
    }
}
