package io.unmask.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Checks the list of sources, and works out the settings of a single one. */
public final class SourceSpecs {
    /** The beginnings of the keys that a source may have other values for. */
    private static final List<String> OF_ONE_SOURCE =
            List.of("source.", "face.", "clip.", "quality.", "verdict.threshold");

    /** The beginnings of the keys that a verdict depends on. */
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
     * The settings that a source is read and judged by: the given ones, with the source's own over them.
     *
     * @throws SettingsException when one of the source's own settings is unknown, wrong, or cannot differ for one source
     */
    public static Settings settingsFor(Settings settings, SourceSpec spec) {
        List<Problem> foreign = spec.settings().keySet().stream()
                .filter(key -> OF_ONE_SOURCE.stream().noneMatch(key::startsWith))
                .map(
                        key -> new Problem(
                                name(spec) + " settings." + key,
                                "cannot differ for one source; only keys of source, face, clip and quality, and verdict.threshold, can"))
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
                texts.put(key, SettingKey.textOf(value));
            }
        });
        return texts;
    }

    /**
     * The settings with those of {@link #ofVerdicts} over them.
     *
     * @param where tells the user where these come from
     * @throws SettingsException when one of them is unknown or wrong
     */
    public static Settings withVerdicts(Settings settings, Map<String, String> texts, String where) {
        return SettingsLoader.ofService().override(settings, texts, where);
    }

    private static String name(SourceSpec spec) {
        return "source " + spec.id();
    }
}
