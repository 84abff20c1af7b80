package io.unmask.model.evaluate;

import java.util.List;

/**
 * What a model was tried on, and how, so that the trial can be repeated.
 *
 * @param command as it was given
 * @param encoder what made the re-encoded videos; empty when there are none
 * @param samples one a judged face and condition, with calibrated logits
 */
public record Trial(String command, List<DataSet> sets, String encoder, List<Sample> samples, List<Unjudged> unjudged) {
    public Trial {
        sets = List.copyOf(sets);
        samples = List.copyOf(samples);
        unjudged = List.copyOf(unjudged);
    }

    /**
     * A data set, or the part of it that was tried.
     *
     * @param name as {@link Sample#group} has it
     * @param digest SHA-256 of the manifest's rows
     * @param split train, validation, test or all
     * @param files in the split
     * @param ofFiles in the whole set
     */
    public record DataSet(String name, String path, String digest, String split, int files, int ofFiles) {}

    /**
     * A file that got no score.
     *
     * @param set name of its data set
     * @param why as in {@code no_face}
     */
    public record Unjudged(String set, String condition, String file, String why) {}
}
