package io.unmask.model.graph;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Initial value of a weight: a pure function of its name's seed and shape. */
public enum Initial {
    ZEROS {
        @Override
        void fill(float[] values, long[] shape, RandomGenerator random) {}
    },
    ONES {
        @Override
        void fill(float[] values, long[] shape, RandomGenerator random) {
            Arrays.fill(values, 1);
        }
    },
    /** Normal with variance 2 / fan-in, for layers before a ReLU (He et al., ICCV 2015). */
    HE {
        @Override
        void fill(float[] values, long[] shape, RandomGenerator random) {
            normal(values, Math.sqrt(2.0 / fanIn(shape)), random);
        }
    },
    /** Normal with variance 1 / fan-in, for layers before tanh, sigmoid or nothing. */
    LECUN {
        @Override
        void fill(float[] values, long[] shape, RandomGenerator random) {
            normal(values, Math.sqrt(1.0 / fanIn(shape)), random);
        }
    };

    abstract void fill(float[] values, long[] shape, RandomGenerator random);

    /** Values in row-major order. */
    public float[] values(String name, long seed, long... shape) {
        float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        fill(values, shape, new SplittableRandom(seed ^ (name.hashCode() * 0x9E3779B97F4A7C15L)));
        return values;
    }

    private static void normal(float[] values, double deviation, RandomGenerator random) {
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
    }

    /** Inputs of one output: all dimensions but the last, which counts outputs. */
    private static long fanIn(long[] shape) {
        return Arrays.stream(shape, 0, shape.length - 1).reduce(1, Math::multiplyExact);
    }
}
