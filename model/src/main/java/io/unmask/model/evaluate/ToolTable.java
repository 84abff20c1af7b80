package io.unmask.model.evaluate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a model is worth tool by tool and origin by origin: how well the fakes of each tool are told from all authentic
 * faces they were measured beside, and how many authentic faces of each origin are called fake. A macro average counts each
 * tool, or origin, alike, however many faces it has.
 *
 * @param tools by name
 * @param families of tools, by name; each is the mean of its tools
 * @param origins by name
 * @param macroAuc mean over the tools, with its standard error
 * @param macroFalseAlarms mean over the origins
 */
public record ToolTable(
        List<Tool> tools, List<Family> families, List<Origin> origins, WithError macroAuc, double macroFalseAlarms) {

    /**
     * A tool's fakes against the authentic faces of the same part.
     *
     * @param missed share of its faces below the threshold
     */
    public record Tool(String name, String family, int faces, int persons, double auc, double missed) {}

    /** Tools of one kind, as in face swaps. */
    public record Family(String name, int tools, WithError auc) {}

    /** Where authentic faces are from. */
    public record Origin(String name, int faces, double falseAlarms) {}

    /** A value with the standard error of its bootstrap. */
    public record WithError(double value, double standardError) {}

    /**
     * The faces of one part of the data, which are compared with each other only.
     *
     * @param threshold calibrated logit from which a face is called fake
     */
    public record Part(List<Sample> faces, double threshold) {}

    /** A tool, of which {@code fakes} holds the logits by person, and what it is measured beside. */
    private record Measured(String name, String family, List<List<Double>> fakes, int part) {}

    /**
     * Measures the parts together. A tool that stands in several parts is measured in each by itself.
     *
     * @param replicates draws of tools and persons
     * @param families by tool
     * @throws IllegalArgumentException if a part lacks a class
     */
    public static ToolTable of(List<Part> parts, Map<String, String> families, int replicates, long seed) {
        var authentic = new ArrayList<List<List<Double>>>();
        var measured = new ArrayList<Measured>();
        var tools = new ArrayList<Tool>();
        var origins = new TreeMap<String, List<Boolean>>();
        for (var part : parts) {
            var real = part.faces().stream().filter(face -> !face.fake()).toList();
            if (real.isEmpty() || real.size() == part.faces().size()) {
                throw new IllegalArgumentException("a part of the data has faces of one class only");
            }
            int index = authentic.size();
            authentic.add(byPerson(real));
            real.forEach(face -> origins.computeIfAbsent(name(face.origin()), key -> new ArrayList<>())
                    .add(face.logit() >= part.threshold()));
            group(part.faces().stream().filter(Sample::fake).toList(), Sample::manipulation)
                    .forEach((tool, faces) -> {
                        var one = new Measured(tool, families.getOrDefault(tool, "other"), byPerson(faces), index);
                        measured.add(one);
                        tools.add(new Tool(
                                tool,
                                one.family(),
                                faces.size(),
                                one.fakes().size(),
                                auc(flat(one.fakes()), flat(authentic.get(index))),
                                faces.stream()
                                        .mapToInt(face -> face.logit() < part.threshold() ? 1 : 0)
                                        .average()
                                        .orElseThrow()));
                    });
        }
        var counted = origins.entrySet().stream()
                .map(origin -> new Origin(origin.getKey(), origin.getValue().size(), share(origin.getValue())))
                .toList();
        return new ToolTable(
                tools.stream().sorted(Comparator.comparing(Tool::name)).toList(),
                families(tools, measured, authentic, replicates, seed),
                counted,
                withError(tools, measured, authentic, replicates, seed),
                counted.stream().mapToDouble(Origin::falseAlarms).average().orElse(0));
    }

    private static List<Family> families(
            List<Tool> tools, List<Measured> measured, List<List<List<Double>>> authentic, int replicates, long seed) {
        return tools.stream()
                .map(Tool::family)
                .distinct()
                .sorted()
                .map(family -> {
                    var of = tools.stream()
                            .filter(tool -> tool.family().equals(family))
                            .toList();
                    var drawn = measured.stream()
                            .filter(tool -> tool.family().equals(family))
                            .toList();
                    return new Family(family, of.size(), withError(of, drawn, authentic, replicates, seed));
                })
                .toList();
    }

    /** The tools whose fakes are told worst, worst first. */
    public List<Tool> worstTools(int most) {
        return tools.stream()
                .sorted(Comparator.comparingDouble(Tool::auc))
                .limit(most)
                .toList();
    }

    /** The origins whose faces are called fake most often, worst first. */
    public List<Origin> worstOrigins(int most) {
        return origins.stream()
                .sorted(Comparator.comparingDouble(Origin::falseAlarms).reversed())
                .limit(most)
                .toList();
    }

    /** Draws tools with replacement, and in each the persons, on both sides. */
    private static WithError withError(
            List<Tool> tools, List<Measured> measured, List<List<List<Double>>> authentic, int replicates, long seed) {
        double mean = tools.stream().mapToDouble(Tool::auc).average().orElseThrow();
        var random = new SplittableRandom(seed);
        double sum = 0;
        double squares = 0;
        for (int r = 0; r < replicates; r++) {
            var drawnAuthentic = authentic.stream()
                    .map(persons -> flat(drawn(persons, random)))
                    .toList();
            double macro = 0;
            for (int i = 0; i < measured.size(); i++) {
                var tool = measured.get(random.nextInt(measured.size()));
                macro += auc(flat(drawn(tool.fakes(), random)), drawnAuthentic.get(tool.part()));
            }
            macro /= measured.size();
            sum += macro;
            squares += macro * macro;
        }
        double variance = squares / replicates - sum / replicates * (sum / replicates);
        return new WithError(mean, Math.sqrt(Math.max(0, variance)));
    }

    private static <T> List<T> drawn(List<T> things, SplittableRandom random) {
        var drawn = new ArrayList<T>(things.size());
        for (int i = 0; i < things.size(); i++) {
            drawn.add(things.get(random.nextInt(things.size())));
        }
        return drawn;
    }

    private static List<List<Double>> byPerson(List<Sample> faces) {
        return group(faces, Sample::person).values().stream()
                .map(same -> same.stream().map(Sample::logit).toList())
                .toList();
    }

    private static Map<String, List<Sample>> group(List<Sample> faces, Function<Sample, String> key) {
        return faces.stream().collect(Collectors.groupingBy(key, LinkedHashMap::new, Collectors.toList()));
    }

    /** Sorted. */
    private static double[] flat(Collection<List<Double>> persons) {
        return persons.stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
    }

    /** Chance that a fake scores above an authentic face, ties counted half; both sorted. */
    private static double auc(double[] fakes, double[] authentic) {
        double wins = 0;
        int below = 0;
        int upTo = 0;
        for (double fake : fakes) {
            while (below < authentic.length && authentic[below] < fake) {
                below++;
            }
            upTo = Math.max(upTo, below);
            while (upTo < authentic.length && authentic[upTo] <= fake) {
                upTo++;
            }
            wins += (below + upTo) / 2.0;
        }
        return wins / ((double) fakes.length * authentic.length);
    }

    private static double share(List<Boolean> yes) {
        return yes.stream().mapToInt(each -> each ? 1 : 0).average().orElse(0);
    }

    private static String name(String origin) {
        return origin.isEmpty() ? "unnamed" : origin;
    }
}
