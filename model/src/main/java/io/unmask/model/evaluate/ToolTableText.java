package io.unmask.model.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A {@link ToolTable} as Markdown, which reads well in a terminal too. */
public final class ToolTableText {
    private static final int WORST = 5;

    private ToolTableText() {}

    /** The macro averages, the families, and the worst tools and origins. */
    public static List<String> summary(ToolTable table) {
        var lines = new ArrayList<String>();
        lines.add(say(
                "AUC, mean over %d tools: %.3f (standard error %.3f); false alarms, mean over %d origins: %.1f %%",
                table.tools().size(),
                table.macroAuc().value(),
                table.macroAuc().standardError(),
                table.origins().size(),
                100 * table.macroFalseAlarms()));
        lines.add("");
        lines.addAll(families(table));
        lines.add("");
        lines.addAll(tools(table.worstTools(WORST), "worst tools"));
        lines.add("");
        lines.addAll(origins(table.worstOrigins(WORST), "worst origins"));
        return lines;
    }

    /** Everything. */
    public static List<String> whole(ToolTable table) {
        var lines = new ArrayList<>(summary(table).subList(0, 2));
        lines.addAll(families(table));
        lines.add("");
        lines.addAll(tools(table.worstTools(Integer.MAX_VALUE), "tool"));
        lines.add("");
        lines.addAll(origins(table.worstOrigins(Integer.MAX_VALUE), "origin"));
        return lines;
    }

    private static List<String> families(ToolTable table) {
        var lines = new ArrayList<>(List.of("| kind | tools | AUC | standard error |", "|---|---|---|---|"));
        table.families()
                .forEach(family -> lines.add(say(
                        "| %s | %d | %.3f | %.3f |",
                        family.name(),
                        family.tools(),
                        family.auc().value(),
                        family.auc().standardError())));
        return lines;
    }

    private static List<String> tools(List<ToolTable.Tool> tools, String head) {
        var lines = new ArrayList<>(
                List.of("| " + head + " | kind | faces | persons | AUC | missed |", "|---|---|---|---|---|---|"));
        tools.forEach(tool -> lines.add(say(
                "| %s | %s | %d | %d | %.3f | %.0f %% |",
                tool.name(), tool.family(), tool.faces(), tool.persons(), tool.auc(), 100 * tool.missed())));
        return lines;
    }

    private static List<String> origins(List<ToolTable.Origin> origins, String head) {
        var lines = new ArrayList<>(List.of("| " + head + " | faces | false alarms |", "|---|---|---|"));
        origins.forEach(origin ->
                lines.add(say("| %s | %d | %.0f %% |", origin.name(), origin.faces(), 100 * origin.falseAlarms())));
        return lines;
    }

    private static String say(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
