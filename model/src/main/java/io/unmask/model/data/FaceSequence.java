package io.unmask.model.data;

import io.unmask.ingest.clip.RgbFrame;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One labelled face over time: the crops of a track, or one still picture.
 *
 * @param set the data set, as reports name it
 * @param source the file, as the manifest names it
 * @param label index into the labels
 * @param group person or original video; never on both sides of the split
 * @param method what made it, for the report; empty for authentic ones
 * @param weight how often it is drawn, 1 being ordinary
 */
public record FaceSequence(
        String set, String source, int label, String group, String method, double weight, Crops crops) {

    /** Square pictures of one size, read when asked for. Thread-safe. */
    public interface Crops {
        int count();

        /** Side of a crop over the side of a crop at serving. */
        double margin();

        RgbFrame read(int index) throws IOException;

        /** Consecutive crops, in order; cheaper than one by one where they are beside each other. */
        default List<RgbFrame> read(int first, int count) throws IOException {
            var crops = new ArrayList<RgbFrame>(count);
            for (int i = 0; i < count; i++) {
                crops.add(read(first + i));
            }
            return crops;
        }
    }

    public RgbFrame crop(int index) {
        try {
            return crops.read(index);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Consecutive crops, in order. */
    public List<RgbFrame> crops(int first, int count) {
        try {
            return crops.read(first, count);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
