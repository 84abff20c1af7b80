package io.unmask.samples.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes results. Pure. */
record Table(Map<String, Object> machine, int threads, List<Result> results) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> HEADER = List.of("row", "ours", "peer", "ratio", "mark", "aim");

    /** Where the table goes. */
    enum Format {
        TEXT,
        JSON,
        MARKDOWN
    }

    /** Lines. */
    List<String> lines(Format format) {
        return switch (format) {
            case TEXT -> text();
            case JSON -> List.of(json());
            case MARKDOWN -> markdown();
        };
    }

    /** One row is an object of its own, so that its figures are at the top level. */
    private String json() {
        Map<String, Object> json = new LinkedHashMap<>();
        if (results.size() == 1) {
            json.putAll(results.get(0).json());
        } else {
            json.put("rows", results.stream().map(Result::json).toList());
        }
        json.put("threads", threads);
        json.put("machine", machine);
        try {
            return JSON.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of numbers and texts are JSON", e);
        }
    }

    private List<String> text() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADER);
        results.forEach(result -> rows.add(cells(result)));
        int[] widths = new int[HEADER.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(("%-" + (widths[i] + 2) + "s").formatted(row.get(i)));
            }
            lines.add(line.toString().stripTrailing());
        }
        lines.addAll(notes());
        lines.add(machineLine());
        return lines;
    }

    private List<String> markdown() {
        List<String> lines = new ArrayList<>();
        lines.add("| " + String.join(" | ", HEADER) + " |");
        lines.add("|" + "---|".repeat(HEADER.size()));
        results.forEach(result -> lines.add("| " + String.join(" | ", cells(result)) + " |"));
        lines.add("");
        notes().forEach(note -> lines.add("- " + note));
        lines.add("- " + machineLine());
        return lines;
    }

    private static List<String> cells(Result result) {
        Row row = result.row();
        String name = row.name() + (result.noisy() ? " (noisy)" : "");
        if (result.measured().isEmpty()) {
            return List.of(name, "failed", "", "", row.mark().text(""), "");
        }
        Measured m = result.measured().get();
        return List.of(
                name,
                Figures.text(Spread.of(m.ours())) + " " + m.unit(),
                m.peer().isEmpty() ? "–" : Figures.text(Spread.of(m.peer())),
                m.ratio().map(Figures::text).orElse("–"),
                target(result, row.mark(), m.unit()),
                row.aim().map(aim -> target(result, aim, m.unit())).orElse("–"));
    }

    private static String target(Result result, Target target, String unit) {
        return target.text(unit)
                + result.met(target).map(met -> met ? ": met" : ": not met").orElse("");
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        for (Result result : results) {
            String name = result.row().name();
            result.failure().ifPresent(why -> notes.add(name + ": failed: " + why));
            result.measured().flatMap(Measured::noPeer).ifPresent(why -> notes.add(name + ": no ratio: " + why));
            if (result.noisy()) {
                notes.add("%s: noisy: others kept %s of %s cores busy before it"
                        .formatted(name, Figures.text(result.load()), Machine.cores()));
            }
            Optional<Measured> measured = result.measured();
            measured.filter(m -> !m.more().isEmpty()).ifPresent(m -> notes.add(name + ": " + more(m)));
        }
        return notes;
    }

    private static String more(Measured measured) {
        return measured.more().entrySet().stream()
                .map(entry -> entry.getKey() + " "
                        + (entry.getValue() instanceof Double number ? Figures.text(number) : entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private String machineLine() {
        return "%s, %s cores, %d threads a side, %s, %s; median (range)"
                .formatted(machine.get("cpu"), machine.get("cores"), threads, machine.get("jvm"), machine.get("os"));
    }
}
