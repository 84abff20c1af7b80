package io.unmask.model.generate;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.SafeTensors;
import io.unmask.model.graph.BuildContext;
import io.unmask.model.graph.Initial;
import io.unmask.model.graph.Layer;
import io.unmask.model.graph.Mode;
import io.unmask.model.graph.Parameters;
import io.unmask.model.graph.TinyAutoencoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Files of a tiny autoencoder whose weights are a formula that any language can compute. */
final class SyntheticDecoder {
    private SyntheticDecoder() {}

    /** Writes {@code made-decoder.safetensors} and the encoder beside it. */
    static Path write(Path folder) throws IOException {
        write(TinyAutoencoder.encoder(), 3, folder.resolve("made-encoder.safetensors"));
        Path decoder = folder.resolve("made-decoder.safetensors");
        write(TinyAutoencoder.decoder(), 32, decoder);
        return decoder;
    }

    /** A picture of which each byte is its own number times 89, and lighter to the right. */
    static RgbFrame picture(int width, int height) {
        byte[] rgb = new byte[width * height * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 89 % 97 + i / 3 % width * 2);
        }
        return new RgbFrame(width, height, rgb);
    }

    private static void write(Layer network, int channels, Path file) throws IOException {
        var shapes = new LinkedHashMap<String, long[]>();
        var values = new LinkedHashMap<String, float[]>();
        try (var graph = new Graph()) {
            var tf = Ops.create(graph);
            var weights = new Parameters() {
                @Override
                public Operand<TFloat32> weight(String name, Initial initial, long... shape) {
                    shapes.put(name, asPyTorch(shape));
                    values.put(name, value(name, asPyTorch(shape)));
                    return tf.zeros(tf.constant(shape), TFloat32.class);
                }

                @Override
                public Operand<TFloat32> state(String name, Initial initial, long... shape) {
                    throw new IllegalStateException(name);
                }
            };
            network.apply(new BuildContext(tf, weights, Mode.SERVING), tf.constant(new float[1][8][8][channels]));
        }
        new SafeTensors(Map.of(), shapes, values).write(file);
    }

    private static long[] asPyTorch(long[] shape) {
        return shape.length == 4 ? new long[] {shape[3], shape[2], shape[0], shape[1]} : shape;
    }

    private static float[] value(String name, long[] shape) {
        var value = new float[(int) LongStream.of(shape).reduce(1, (a, b) -> a * b)];
        int seed = name.chars().sum();
        for (int i = 0; i < value.length; i++) {
            double wild = Math.sin(i * 12.9898 + seed) * 43758.5453;
            double even = 2 * (wild - Math.floor(wild)) - 1;
            value[i] = (float)
                    (shape.length == 4
                            ? even * Math.sqrt(3.0 / (shape[1] * shape[2] * shape[3]))
                            : 0.1 * even + (name.endsWith("pool.1.weight") ? 1 : name.equals("19.bias") ? 0.5 : 0));
        }
        return value;
    }
}
