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
 * @param kind the tool that made it, or where an authentic face is from, as in a site or a camera
 * @param weight how often it is drawn, 1 being ordinary
 */
public record FaceSequence(
        String set, String source, int label, String group, String kind, double weight, Crops crops) {
    /** The labels of a detector. */
    public static final int REAL = 0;

    public static final int FAKE = 1;

    /** Square pictures of one size, which are read when they are asked for. Thread-safe. */
    public interface Crops {
        int count();

        /** Side of a crop over the side of a crop at serving. */
        double margin();

        /**
         * Side of a crop at serving in pixels of the source, as far as it is known: a small face that was enlarged has
         * less detail than its crop has pixels.
         */
        default double detailPx() {
            return Double.MAX_VALUE;
        }

        RgbFrame read(int index) throws IOException;

        /** Consecutive crops, in order. Where they lie in one file, this is cheaper than reading them one by one. */
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
