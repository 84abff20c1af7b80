package io.unmask.model.generate;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.data.SafeTensors;
import io.unmask.model.graph.BuildContext;
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
    /** The design of a decoder that was learnt here, in its file's metadata. */
    static final String DESIGN = "design";

    private static final String DECODER = "-decoder" + SafeTensors.ENDING;
    private static final String ENCODER = "-encoder" + SafeTensors.ENDING;

    private final String name;
    private final Graph graph = new Graph();
    private final Session session;
    private final Placeholder<TUint8> picture;
    private final Operand<TUint8> drawn;

    /** Adds a network to a graph: {@code [1,H,W,3]} of 0 to 1 → the same, roughly. */
    private interface Network {
        Operand<TFloat32> apply(Ops tf, Operand<TFloat32> pictures) throws IOException;
    }

    /** @throws IOException when the network's weights do not fit it */
    private Decoder(String name, Network network) throws IOException {
        TensorFlowRuntime.ensureLoaded();
        this.name = name;
        var tf = Ops.create(graph);
        picture = tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(1, -1, -1, 3)));
        var range = tf.constant(255f);
        try {
            var redrawn = network.apply(tf, tf.math.div(tf.dtypes.cast(picture, TFloat32.class), range)); // [1,H,W,3]
            var bytes = tf.clipByValue(tf.math.mul(redrawn, range), tf.constant(0f), range);
            drawn = tf.dtypes.cast(tf.math.rint(bytes), TUint8.class);
        } catch (UncheckedIOException e) {
            graph.close();
            throw e.getCause();
        }
        session = new Session(graph);
    }

    /**
     * Reads one that was learnt here, or {@code NAME-decoder.safetensors} of {@link TinyAutoencoder} with the {@code
     * NAME-encoder.safetensors} beside it.
     *
     * @throws IOException when a file is missing, damaged or of another network
     */
    public static Decoder open(Path file) throws IOException {
        String fileName = file.getFileName().toString();
        return fileName.endsWith(DECODER)
                ? published(file, fileName.substring(0, fileName.length() - DECODER.length()))
                : learnt(file);
    }

    private static Decoder published(Path file, String name) throws IOException {
        Path encoder = file.resolveSibling(name + ENCODER);
        for (Path needed : new Path[] {file, encoder}) {
            if (!Files.isRegularFile(needed)) {
                throw new IOException(
                        needed + ": no such file; a decoder is NAME" + DECODER + " with NAME" + ENCODER + " beside it");
            }
        }
        return new Decoder(name, (tf, pictures) -> {
            var latent = TinyAutoencoder.encoder().apply(context(tf, encoder, true), pictures);
            return TinyAutoencoder.decoder().apply(context(tf, file, true), latent);
        });
    }

    private static Decoder learnt(Path file) throws IOException {
        var design = Design.of(SafeTensors.read(file).metadata().getOrDefault(DESIGN, ""))
                .orElseThrow(() -> new IOException(
                        file + ": is no decoder that 'unmask forge --learn' wrote, and is not called NAME" + DECODER));
        return new Decoder(design.name(), (tf, pictures) -> design.network().apply(context(tf, file, false), pictures));
    }

    private static BuildContext context(Ops tf, Path file, boolean outputsFirst) throws IOException {
        return new BuildContext(tf, new FileWeights(tf, file, SafeTensors.read(file), outputsFirst), Mode.SERVING);
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
