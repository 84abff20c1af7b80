package io.unmask.model.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a model was tried on, and how, so that the trial can be repeated.
 *
 * @param command as it was given
 * @param encoder what made the re-encoded videos; empty when there are none
 * @param samples one a judged face and condition, with calibrated logits
 * @param <S> what is kept of a judged face
 */
public record Trial<S extends Trial.Judged>(
        String command, List<DataSet> sets, String encoder, List<S> samples, List<Unjudged> unjudged) {
    public Trial {
        sets = List.copyOf(sets);
        samples = List.copyOf(samples);
        unjudged = List.copyOf(unjudged);
    }

    /**
     * A data set, or the part of it that was tried.
     *
     * @param name as {@link Judged#group} has it
     * @param digest SHA-256 of the manifest's rows
     * @param split train, validation, test or all
     * @param files in the split
     * @param ofFiles in the whole set
     */
    public record DataSet(String name, String path, String digest, String split, int files, int ofFiles) {}

    /** A face that was judged. */
    public interface Judged {
        /** Name of its data set. */
        String group();

        /** What was done to the file before, as in {@code crf32}. */
        String condition();
    }

    /**
     * The faces of a data set in a condition.
     *
     * @param samples at least one
     * @param unjudged how many files got no score
     */
    record Part<S>(String set, String condition, List<S> samples, int unjudged) {}

    /** By data set, then by condition, as the samples name them. */
    List<Part<S>> parts() {
        var parts = new ArrayList<Part<S>>();
        for (String set : distinct(samples, S::group)) {
            var ofSet = samples.stream().filter(s -> s.group().equals(set)).toList();
            for (String condition : distinct(ofSet, S::condition)) {
                parts.add(new Part<>(
                        set,
                        condition,
                        ofSet.stream()
                                .filter(s -> s.condition().equals(condition))
                                .toList(),
                        (int) unjudged.stream()
                                .filter(file -> file.set().equals(set)
                                        && file.condition().equals(condition))
                                .count()));
            }
        }
        return parts;
    }

    private static <S> List<String> distinct(List<S> samples, Function<S, String> key) {
        return samples.stream().map(key).distinct().toList();
    }

    /**
     * A file that got no score.
     *
     * @param set name of its data set
     * @param why as in {@code no_face}
     */
    public record Unjudged(String set, String condition, String file, String why) {}
}
