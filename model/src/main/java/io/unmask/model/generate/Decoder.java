package io.unmask.model.generate;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.SafeTensors;
import io.unmask.model.graph.BuildContext;
import io.unmask.model.graph.Layer;
import io.unmask.model.graph.Mode;
import io.unmask.model.graph.TinyAutoencoder;
import io.unmask.model.runtime.TensorFlowRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** A network that draws a picture anew out of a few features of it, as the last stage of a generator does. Thread-safe. */
public final class Decoder implements AutoCloseable {
    private static final String DECODER = "-decoder" + SafeTensors.ENDING;
    private static final String ENCODER = "-encoder" + SafeTensors.ENDING;

    private final String name;
    private final Graph graph = new Graph();
    private final Session session;
    private final Placeholder<TUint8> picture;
    private final Operand<TUint8> drawn;

    private Decoder(String name, Path encoder, Path decoder) throws IOException {
        this.name = name;
        var tf = Ops.create(graph);
        picture = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(1, -1, -1, 3)));
        var range = tf.constant(255f);
        try {
            var values = tf.math.div(tf.dtypes.cast(picture, TFloat32.class), range); // [1,H,W,3], 0 to 1
            var latent = apply(tf, encoder, TinyAutoencoder.encoder(), values);
            var redrawn = apply(tf, decoder, TinyAutoencoder.decoder(), latent); // [1,H,W,3], 0 to 1
            drawn = tf.dtypes.cast(tf.math.rint(tf.math.mul(redrawn, range)), TUint8.class);
        } catch (UncheckedIOException e) {
            graph.close();
            throw e.getCause();
        }
        session = new Session(graph);
    }

    private static Operand<TFloat32> apply(Ops tf, Path file, Layer network, Operand<TFloat32> to) throws IOException {
        var weights = new FileWeights(tf, file, SafeTensors.read(file));
        return network.apply(new BuildContext(tf, weights, Mode.SERVING), to);
    }

    /**
     * Reads {@code NAME-decoder.safetensors} and the {@code NAME-encoder.safetensors} beside it.
     *
     * @throws IOException when one of them is missing or is not of {@link TinyAutoencoder}
     */
    public static Decoder open(Path file) throws IOException {
        TensorFlowRuntime.ensureLoaded();
        String fileName = file.getFileName().toString();
        if (!fileName.endsWith(DECODER)) {
            throw new IOException(file + ": must be a file called NAME" + DECODER);
        }
        String name = fileName.substring(0, fileName.length() - DECODER.length());
        Path encoder = file.resolveSibling(name + ENCODER);
        for (Path needed : new Path[] {file, encoder}) {
            if (!Files.isRegularFile(needed)) {
                throw new IOException(
                        needed + ": no such file; a decoder is NAME" + DECODER + " with NAME" + ENCODER + " beside it");
            }
        }
        return new Decoder(name, encoder, file);
    }

    public String name() {
        return name;
    }

    /**
     * Draws a picture anew.
     *
     * @param original both sides are multiples of {@link TinyAutoencoder#MULTIPLE}
     * @return of the same size
     */
    public RgbFrame draw(RgbFrame original) {
        var rgb = new byte[original.rgb().length];
        try (var fed = TUint8.tensorOf(
                        Shape.of(1, original.height(), original.width(), 3),
                        DataBuffers.of(original.rgb(), true, false));
                var result = session.runner().feed(picture, fed).fetch(drawn).run()) {
            ((TUint8) result.get(0)).asRawTensor().data().read(rgb);
        }
        return new RgbFrame(original.width(), original.height(), rgb);
    }

    @Override
    public void close() {
        session.close();
        graph.close();
    }
}
