package io.unmask.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What must hold of the list of sources beyond each single value. */
public final class SourceSpecs {
    private static final List<String> OF_ONE_SOURCE =
            List.of("source.", "face.", "clip.", "quality.", "verdict.threshold");

    private static final List<String> OF_VERDICTS =
            List.of("source.sample-fps", "face.", "clip.", "quality.", "verdict.threshold");

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
     * @throws SettingsException when one of its own settings is unknown, not one source's or wrong
     */
    public static Settings settingsFor(Settings settings, SourceSpec spec) {
        List<Problem> foreign = spec.settings().keySet().stream()
                .filter(key -> OF_ONE_SOURCE.stream().noneMatch(key::startsWith))
                .map(
                        key -> new Problem(
                                name(spec) + " settings." + key,
                                "is no setting of one source; those of source, face, clip and quality are, and verdict.threshold"))
                .toList();
        if (!foreign.isEmpty()) {
            throw new SettingsException(foreign);
        }
        return SettingsLoader.ofService().override(settings, spec.settings(), name(spec));
    }

    /**
     * The settings that a verdict depends on, by key, so that another process judges as this one would. The face detector's
     * file is not among them, since its path means nothing elsewhere.
     */
    public static Map<String, String> ofVerdicts(Settings settings) {
        Map<String, String> texts = new TreeMap<>();
        SettingsLoader.ofService().values(settings).forEach((key, value) -> {
            if (OF_VERDICTS.stream().anyMatch(key::startsWith) && !key.equals("face.yunet-model")) {
                Object bare = value instanceof Optional<?> optional
                        ? optional.map(Object.class::cast).orElse("")
                        : value;
                texts.put(key, bare.toString());
            }
        });
        return texts;
    }

    /**
     * The settings with those of {@link #ofVerdicts} over them.
     *
     * @param where they come from, for the user
     * @throws SettingsException when one of them is unknown or wrong
     */
    public static Settings withVerdicts(Settings settings, Map<String, String> texts, String where) {
        return SettingsLoader.ofService().override(settings, texts, where);
    }

    private static String name(SourceSpec spec) {
        return "source " + spec.id();
    }
}
