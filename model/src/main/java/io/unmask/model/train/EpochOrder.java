package io.unmask.model.train;

import io.unmask.model.data.FaceSequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An endless order of sequences, shuffled anew each epoch: one of weight 2.5 occurs twice or three times in it. A pure
 * function of the seed. Thread-safe.
 */
final class EpochOrder {
    private final List<FaceSequence> sequences;
    private final long seed;
    private final int length;
    private final Map<Long, int[]> orders = new ConcurrentHashMap<>();

    EpochOrder(List<FaceSequence> sequences, long seed) {
        this.sequences = List.copyOf(sequences);
        this.seed = seed;
        length = (int) Math.max(
                1,
                Math.round(sequences.stream().mapToDouble(FaceSequence::weight).sum()));
    }

    /** Places in an epoch. */
    int length() {
        return length;
    }

    FaceSequence at(long place) {
        long epoch = place / length;
        orders.keySet().removeIf(other -> Math.abs(other - epoch) > 1);
        return sequences.get(orders.computeIfAbsent(epoch, this::draw)[(int) (place % length)]);
    }

    /** Systematic sampling, so that every epoch is equally long. */
    private int[] draw(long epoch) {
        // Of neighbouring seeds, Random's first numbers are neighbours, too.
        var random = new Random(new SplittableRandom(new SplittableRandom(seed).nextLong() + epoch).nextLong());
        double offset = random.nextDouble();
        double step = sequences.stream().mapToDouble(FaceSequence::weight).sum() / length;
        var indices = new ArrayList<Integer>(length);
        double before = 0;
        for (int i = 0; i < sequences.size(); i++) {
            double after = before + sequences.get(i).weight();
            while (indices.size() < length && (offset + indices.size()) * step < after) {
                indices.add(i);
            }
            before = after;
        }
        while (indices.size() < length) {
            indices.add(sequences.size() - 1); // what rounding left over
        }
        Collections.shuffle(indices, random);
        return indices.stream().mapToInt(Integer::intValue).toArray();
    }
}
