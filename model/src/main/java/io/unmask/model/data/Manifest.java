package io.unmask.model.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import io.unmask.config.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Which files there are to learn from: {@code manifest.csv} with the columns path, label, and as far as given group or
 * person, method, from, fold, split, margin and weight; or the folders {@code real} and {@code fake}.
 *
 * @param digest SHA-256 of the rows
 */
public record Manifest(List<Row> rows, String digest) {
    public static final String TRAIN = "train";
    public static final String VALIDATION = "validation";
    /** The split that is kept for a last test: nothing is learnt from it or calibrated by it. */
    public static final String TEST = "test";

    /** Prefix of the methods of fakes that {@code unmask forge} made. They may be in all folds, as the faces are that they drew. */
    public static final String DECODER = "decoder:";

    /** Margins are relative to a crop whose side is this many times that of the face's box. */
    public static final double MARGIN_SCALE = 1.4;

    /** A file with the columns path and fold: the folds of files for which the manifest beside it has none. */
    private static final String FOLDS = "folds.csv";

    /** When the manifest has no split, about this many groups of a hundred are kept for validation. */
    private static final int VALIDATION_PERCENT = 20;

    /**
     * @param file the video or picture, which exists
     * @param name the path as the manifest writes it
     * @param method the tool that made a fake
     * @param origin where it was found or filmed, as in a site or a camera
     * @param fold one of some parts that share no tool, no person and no origin; empty when the manifest has none
     * @param margin of a picture that is a face crop already: its side over 1.4 times the side of the face's box
     */
    public record Row(
            Path file,
            String name,
            String label,
            String group,
            String method,
            String origin,
            String fold,
            String split,
            double margin,
            double weight) {

        /** The picture's side over that of a crop whose side is {@code cropScale} times that of the face's box. */
        public double margin(double cropScale) {
            return margin * MARGIN_SCALE / cropScale;
        }

        boolean isAuthentic() {
            return label.equalsIgnoreCase("real");
        }

        /** Whether the row is in the split that its group's name alone gives. */
        public boolean isSplitByGroup() {
            return split.equals(Manifest.split(group));
        }

        /** The same row in another split. */
        public Row in(String other) {
            return new Row(file, name, label, group, method, origin, fold, other, margin, weight);
        }
    }

    /** What reports call a data set: its folder, or its file unless that is {@code manifest.csv}. */
    public static String nameOf(Path data) {
        Path path = data.toAbsolutePath().normalize();
        return (path.endsWith("manifest.csv") ? path.getParent() : path)
                .getFileName()
                .toString();
    }

    /** A name for a data set that none of these names equals, with a number where it takes one. It is added to the names. */
    public static String newName(Path data, Set<String> names) {
        String name = nameOf(data);
        String unused = name;
        for (int number = 2; !names.add(unused); number++) {
            unused = name + " (" + number + ")";
        }
        return unused;
    }

    /** @throws IOException when a manifest cannot be read, names missing files, or has a group on both sides */
    public static Manifest read(Path data, List<String> labels) throws IOException {
        var rows = Files.isDirectory(data) && !Files.exists(data.resolve("manifest.csv"))
                ? folders(data, labels)
                : csv(Files.isDirectory(data) ? data.resolve("manifest.csv") : data);
        refuseMissing(data, rows);
        refuseLeaks(data.toString(), rows);
        return new Manifest(rows, digest(rows));
    }

    private static List<Row> csv(Path file) throws IOException {
        var folds = new HashMap<String, String>();
        Path foldsFile = file.resolveSibling(FOLDS);
        if (Files.exists(foldsFile)) {
            for (var line : lines(foldsFile)) {
                folds.put(required(foldsFile, line, "path"), required(foldsFile, line, "fold"));
            }
        }
        var rows = new LinkedHashMap<String, Row>();
        for (var line : lines(file)) {
            String path = required(file, line, "path");
            if (folds.containsKey(path)) {
                line.merge("fold", folds.get(path), (own, other) -> own.isBlank() ? other : own);
            }
            // A file that is listed twice counts once.
            rows.putIfAbsent(path, row(file, line));
        }
        return List.copyOf(rows.values());
    }

    private static List<Map<String, String>> lines(Path csv) throws IOException {
        try (MappingIterator<Map<String, String>> lines = new CsvMapper()
                .readerForMapOf(String.class)
                .with(CsvSchema.emptySchema().withHeader())
                .readValues(csv.toFile())) {
            return lines.readAll();
        } catch (JsonProcessingException e) {
            throw new IOException(csv + ": not a table of comma-separated values: " + e.getMessage(), e);
        }
    }

    private static Row row(Path manifest, Map<String, String> line) throws IOException {
        String path = required(manifest, line, "path");
        String group =
                optional(line, "group").or(() -> optional(line, "person")).orElse(path);
        return new Row(
                manifest.resolveSibling(path),
                path,
                required(manifest, line, "label"),
                group,
                optional(line, "method").orElse(""),
                optional(line, "from").orElse(""),
                optional(line, "fold").orElse(""),
                split(manifest, line, group),
                positive(manifest, line, "margin"),
                positive(manifest, line, "weight"));
    }

    private static String split(Path manifest, Map<String, String> line, String group) throws IOException {
        String split =
                optional(line, "split").map(s -> s.toLowerCase(Locale.ROOT)).orElseGet(() -> split(group));
        if (!List.of(TRAIN, VALIDATION, TEST).contains(split)) {
            throw new IOException(manifest + ": " + line.get("path") + " has the split " + split
                    + ": must be train, validation or test");
        }
        return split;
    }

    /** 1 where the column is empty. */
    private static double positive(Path manifest, Map<String, String> line, String column) throws IOException {
        String text = optional(line, column).orElse("1");
        try {
            double value = Double.parseDouble(text);
            if (value > 0 && value <= 1e6) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Refused below, as any other text that is no such number.
        }
        throw new IOException(
                manifest + ": " + line.get("path") + " has the " + column + " " + text + ": must be a number above 0");
    }

    private static Optional<String> optional(Map<String, String> line, String column) {
        return Optional.ofNullable(line.get(column)).map(String::trim).filter(value -> !value.isEmpty());
    }

    private static String required(Path manifest, Map<String, String> line, String column) throws IOException {
        String value = line.get(column);
        if (value == null || value.isBlank()) {
            throw new IOException(manifest + ": a row without " + column + ": " + line.values());
        }
        return value;
    }

    private static List<Row> folders(Path folder, List<String> labels) throws IOException {
        var rows = new ArrayList<Row>();
        for (String label : labels) {
            Path of = folder.resolve(label);
            if (!Files.isDirectory(of)) {
                continue;
            }
            try (var files = Files.walk(of, FileVisitOption.FOLLOW_LINKS)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    String name = folder.relativize(file).toString();
                    rows.add(new Row(file, name, label, name, "", "", "", split(name), 1, 1));
                }
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
        if (rows.isEmpty()) {
            throw new IOException(
                    folder + ": neither a manifest.csv nor files in the folders " + String.join(" and ", labels));
        }
        return List.copyOf(rows);
    }

    private static String split(String group) {
        int hundredth = Integer.parseInt(Sha256.of(group).substring(0, 2), 16) * 100 / 256;
        return hundredth < VALIDATION_PERCENT ? VALIDATION : TRAIN;
    }

    private static void refuseMissing(Path data, List<Row> rows) throws IOException {
        var missing = rows.stream()
                .filter(row -> !Files.isRegularFile(row.file()))
                .map(Row::name)
                .toList();
        if (!missing.isEmpty()) {
            throw new IOException(data + ": names " + missing.size() + " files that are not there, as in "
                    + missing.stream().limit(5).toList());
        }
    }

    /** @throws IOException naming the groups that stand in more than one split, or what stands in more than one fold */
    public static void refuseLeaks(String data, List<Row> rows) throws IOException {
        var splits = new HashMap<String, String>();
        var leaking = new TreeSet<String>();
        for (var row : rows) {
            var other = splits.putIfAbsent(row.group(), row.split());
            if (other != null && !other.equals(row.split())) {
                leaking.add(row.group());
            }
        }
        if (!leaking.isEmpty()) {
            throw new IOException(data + ": " + leaking.size() + " groups stand in more than one split, as in "
                    + leaking.stream().limit(5).toList() + "; put each group on one side");
        }
        refuseStraddling(data, "person or group", rows, Row::group);
        refuseStraddling(
                data, "tool", rows, row -> row.isAuthentic() || row.method().startsWith(DECODER) ? "" : row.method());
        refuseStraddling(data, "origin", rows, row -> row.isAuthentic() ? row.origin() : "");
    }

    /** Refuses what stands in several folds: a fold that is left out must hold nothing that the other folds hold. */
    private static void refuseStraddling(String data, String what, List<Row> rows, Function<Row, String> of)
            throws IOException {
        var folds = new TreeMap<String, Set<String>>();
        rows.stream()
                .filter(row -> !row.fold().isEmpty() && !of.apply(row).isEmpty())
                .forEach(row -> folds.computeIfAbsent(of.apply(row), one -> new TreeSet<>())
                        .add(row.fold()));
        folds.values().removeIf(places -> places.size() == 1);
        if (!folds.isEmpty()) {
            throw new IOException(data + ": all files of one " + what + " must be in one fold, and " + folds.size()
                    + " have files in several, as in " + folds.firstEntry() + "; give such files the same fold");
        }
    }

    private static String digest(List<Row> rows) {
        var text = new StringBuilder();
        for (var row : rows) {
            text.append(String.join(",", row.name(), row.label(), row.group(), row.split(), row.fold()))
                    .append(',')
                    .append(row.weight())
                    .append('\n');
        }
        return Sha256.of(text.toString());
    }
}
