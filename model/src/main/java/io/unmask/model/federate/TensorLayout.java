package io.unmask.model.federate;

import io.unmask.config.Sha256;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which tensors of a model a federation exchanges, in which order. All sites of a federation have the same.
 *
 * @param tensors in the order in which they stand in a flat update
 */
public record TensorLayout(List<Tensor> tensors) {

    /**
     * One named tensor.
     *
     * @param shape row-major
     * @param statistic whether it is a running mean or variance of batch normalisation rather than a weight
     */
    public record Tensor(String name, List<Long> shape, boolean statistic) {
        public Tensor {
            shape = List.copyOf(shape);
        }

        /** How many values it has. */
        public int size() {
            return Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
        }
    }

    public TensorLayout {
        tensors = List.copyOf(tensors);
    }

    /** How many values a flat update has. */
    public int size() {
        return tensors.stream().mapToInt(Tensor::size).reduce(0, Math::addExact);
    }

    /** The tensors' values one after another. */
    public float[] flatten(Map<String, float[]> values) {
        var flat = new float[size()];
        int at = 0;
        for (var tensor : tensors) {
            var value = values.get(tensor.name());
            if (value == null || value.length != tensor.size()) {
                throw new IllegalArgumentException(tensor.name() + " has "
                        + (value == null ? "no values" : value.length + " values") + ", not " + tensor.size());
            }
            System.arraycopy(value, 0, flat, at, value.length);
            at += value.length;
        }
        return flat;
    }

    /** The reverse of {@link #flatten}. */
    public Map<String, float[]> unflatten(float[] flat) {
        requireSize(flat.length);
        var values = new LinkedHashMap<String, float[]>();
        int at = 0;
        for (var tensor : tensors) {
            var value = new float[tensor.size()];
            System.arraycopy(flat, at, value, 0, value.length);
            values.put(tensor.name(), value);
            at += value.length;
        }
        return values;
    }

    /** SHA-256 over names, shapes and kinds: equal where two sites can be averaged. */
    public String digest() {
        var text = new StringBuilder();
        tensors.forEach(
                t -> text.append(t.name()).append(t.shape()).append(t.statistic() ? " statistic\n" : " weight\n"));
        return Sha256.of(text.toString());
    }

    void requireSize(int size) {
        if (size != size()) {
            throw new IllegalArgumentException("an update of " + size + " values, this model exchanges " + size());
        }
    }
}
