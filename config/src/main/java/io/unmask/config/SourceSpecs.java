package io.unmask.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold of the list of sources beyond each single value. */
public final class SourceSpecs {
    private static final Set<String> SECTIONS = Set.of("source", "face", "clip", "quality", "verdict");

    private SourceSpecs() {}

    static List<Problem> problems(Settings settings) {
        List<Problem> problems = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (SourceSpec spec : settings.sources()) {
            if (!ids.add(spec.id())) {
                problems.add(new Problem(name(spec), "there is another source of this id"));
            }
            problems.addAll(problems(settings, spec));
        }
        return problems;
    }

    /** What is wrong with one source; nothing is opened and no file is read. */
    public static List<Problem> problems(Settings settings, SourceSpec spec) {
        List<Problem> problems = new ArrayList<>();
        if (spec.passwordEnv().isPresent() && spec.passwordFile().isPresent()) {
            problems.add(new Problem(name(spec), "has both password-env and password-file; keep one"));
        }
        try {
            settingsFor(settings, spec);
        } catch (SettingsException e) {
            problems.addAll(e.problems());
        }
        return problems;
    }

    /**
     * The settings that a source is read and judged by.
     *
     * @throws SettingsException when one of its own settings is unknown, of another section or wrong
     */
    public static Settings settingsFor(Settings settings, SourceSpec spec) {
        List<Problem> foreign = spec.settings().keySet().stream()
                .filter(key -> !SECTIONS.contains(key.replaceAll("\\..*", "")))
                .map(key -> new Problem(
                        name(spec) + " settings." + key,
                        "is no setting of one source; those of source, face, clip, quality and verdict are"))
                .toList();
        if (!foreign.isEmpty()) {
            throw new SettingsException(foreign);
        }
        return SettingsLoader.ofService().override(settings, spec.settings(), name(spec));
    }

    private static String name(SourceSpec spec) {
        return "source " + spec.id();
    }
}
