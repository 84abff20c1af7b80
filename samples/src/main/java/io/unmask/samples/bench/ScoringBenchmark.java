package io.unmask.samples.bench;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.runtime.TensorFlowRuntime;
import io.unmask.model.score.ClipScorer;
import io.unmask.model.score.DjlClipScorer;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.spec.ModelSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** What JMH times: a model through DJL, the same through TensorFlow's own session, and a matrix product for comparison. */
public class ScoringBenchmark {
    /** Face crops that are encoded in one call. */
    static final int FRAMES = 32;

    /** Rows and columns of the factors of the matrix product. */
    static final int SIDE = 1024;

    static ConfigProto config(int threads) {
        return ConfigProto.newBuilder()
                .setIntraOpParallelismThreads(threads)
                .setInterOpParallelismThreads(threads)
                .build();
    }

    /** Both sides' inputs, and the number of threads that holds for the whole process. */
    @State(Scope.Benchmark)
    public static class Inputs {
        @Param("1")
        public int threads;

        /** Parent of the folder that the shipped model is unpacked to. */
        @Param("")
        public String models;

        ModelDirectory directory;
        List<RgbFrame> crops;

        @Setup(Level.Trial)
        public void make() {
            directory = ModelDirectory.packagedDefault(Path.of(models));
            crops = crops(directory.card().spec().inputSize());
        }

        static List<RgbFrame> crops(int side) {
            Random random = new Random(1);
            List<RgbFrame> crops = new ArrayList<>();
            for (int i = 0; i < FRAMES; i++) {
                byte[] pixels = new byte[side * side * 3];
                random.nextBytes(pixels);
                crops.add(new RgbFrame(side, side, pixels));
            }
            return crops;
        }

        ConfigProto config() {
            return ScoringBenchmark.config(threads);
        }
    }

    /** As the service scores. */
    @State(Scope.Benchmark)
    public static class Djl {
        ClipScorer scorer;

        @Setup(Level.Trial)
        public void open(Inputs inputs) {
            scorer = DjlClipScorer.open(inputs.directory, inputs.threads);
        }

        @TearDown(Level.Trial)
        public void close() {
            scorer.close();
        }
    }

    /** The same graph without DJL. */
    @State(Scope.Benchmark)
    public static class Bare {
        SavedModelBundle model;
        String frames;
        String features;
        TUint8 prepared;

        @Setup(Level.Trial)
        public void open(Inputs inputs) {
            TensorFlowRuntime.ensureLoaded();
            model = SavedModelBundle.loader(inputs.directory.path().toString())
                    .withTags(ModelSpec.TAG)
                    .withConfigProto(inputs.config())
                    .load();
            var encode = model.metaGraphDef().getSignatureDefOrThrow(ModelSpec.ENCODE);
            frames = encode.getInputsOrThrow(ModelSpec.FRAMES).getName();
            features = encode.getOutputsOrThrow(ModelSpec.FEATURES).getName();
            prepared = tensor(inputs.crops);
        }

        static TUint8 tensor(List<RgbFrame> crops) {
            int side = crops.get(0).width();
            return TUint8.tensorOf(Shape.of(crops.size(), side, side, 3), tensor -> {
                var data = tensor.asRawTensor().data();
                long at = 0;
                for (RgbFrame crop : crops) {
                    data.offset(at).write(crop.rgb());
                    at += crop.rgb().length;
                }
            });
        }

        /** Gives the features as an array, as {@link ClipScorer#encode} does. */
        float[] encode(TUint8 input) {
            try (Result result =
                    model.session().runner().feed(frames, input).fetch(features).run()) {
                TFloat32 output = (TFloat32) result.get(0);
                float[] values = new float[Math.toIntExact(output.size())];
                output.asRawTensor().data().asFloats().read(values);
                return values;
            }
        }

        @TearDown(Level.Trial)
        public void close() {
            prepared.close();
            model.close();
        }
    }

    /** One large matrix product. Its factors are fed, so that TensorFlow cannot compute it beforehand. */
    @State(Scope.Benchmark)
    public static class Product {
        private Graph graph;
        Session session;
        TFloat32 factor;

        @Setup(Level.Trial)
        public void open(Inputs inputs) {
            TensorFlowRuntime.ensureLoaded();
            graph = new Graph();
            Ops tf = Ops.create(graph);
            var shape = Placeholder.shape(Shape.of(SIDE, SIDE));
            var a = tf.withName("a").placeholder(TFloat32.class, shape);
            var b = tf.withName("b").placeholder(TFloat32.class, shape);
            tf.withName("product").linalg.matMul(a, b);
            session = new Session(graph, inputs.config());
            float[] values = new float[SIDE * SIDE];
            Random random = new Random(1);
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextFloat() - 0.5f;
            }
            factor = TFloat32.tensorOf(Shape.of(SIDE, SIDE), DataBuffers.of(values, true, false));
        }

        @TearDown(Level.Trial)
        public void close() {
            factor.close();
            session.close();
            graph.close();
        }
    }

    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    public float[][] throughDjl(Inputs inputs, Djl djl) {
        return djl.scorer.encode(inputs.crops);
    }

    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    public float[] throughSession(Inputs inputs, Bare bare) {
        try (TUint8 input = Bare.tensor(inputs.crops)) {
            return bare.encode(input);
        }
    }

    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    public float[] encoder(Bare bare) {
        return bare.encode(bare.prepared);
    }

    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    public void product(Product product) {
        product.session
                .runner()
                .feed("a", product.factor)
                .feed("b", product.factor)
                .addTarget("product")
                .run()
                .close();
    }
}
