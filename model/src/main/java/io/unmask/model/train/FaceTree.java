package io.unmask.model.train;

import io.unmask.model.data.FaceSequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * Faces as they are drawn: first the tool or the origin, then one of its persons, then a recording of that person. A tool
 * counts by the square root of its persons, so that neither a large data set nor a single example dominates. Immutable.
 */
final class FaceTree {
    private final Weighted<Weighted<Weighted<FaceSequence>>> kinds;

    FaceTree(List<FaceSequence> faces) {
        var byKind = new LinkedHashMap<String, LinkedHashMap<String, List<FaceSequence>>>();
        for (var face : faces) {
            byKind.computeIfAbsent(face.kind(), kind -> new LinkedHashMap<>())
                    .computeIfAbsent(face.group(), person -> new ArrayList<>())
                    .add(face);
        }
        var kinds = new ArrayList<Weighted<Weighted<FaceSequence>>>();
        for (var persons : byKind.values()) {
            var drawn = new ArrayList<Weighted<FaceSequence>>();
            persons.values().forEach(recordings -> drawn.add(new Weighted<>(recordings, FaceSequence::weight)));
            kinds.add(new Weighted<>(drawn, Weighted::largest));
        }
        this.kinds = new Weighted<>(kinds, kind -> Math.sqrt(kind.total()));
    }

    FaceSequence draw(RandomGenerator random) {
        return kinds.draw(random).draw(random).draw(random);
    }

    /** Things of which each is drawn as often as its weight says. */
    private static final class Weighted<T> {
        private final List<T> things;
        private final double[] upTo;
        private final double largest;

        Weighted(List<T> things, ToDoubleFunction<T> weight) {
            this.things = List.copyOf(things);
            upTo = new double[things.size()];
            double sum = 0;
            double most = 0;
            for (int i = 0; i < upTo.length; i++) {
                double one = weight.applyAsDouble(things.get(i));
                sum += one;
                most = Math.max(most, one);
                upTo[i] = sum;
            }
            largest = most;
        }

        double total() {
            return upTo[upTo.length - 1];
        }

        double largest() {
            return largest;
        }

        T draw(RandomGenerator random) {
            double at = random.nextDouble() * total();
            int i = 0;
            while (i < upTo.length - 1 && at >= upTo[i]) {
                i++;
            }
            return things.get(i);
        }
    }
}
