package io.unmask.model.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * One step of AdamW (Loshchilov and Hutter, ICLR 2019): clip by global norm, decay the weights apart from the gradient,
 * move them by Adam, and let a running average follow.
 *
 * <p>What changes from step to step is fed, so that a step is a function of nothing but its inputs and the variables.
 * TensorFlow Java's own {@code Adam} bakes the rate into the graph.
 */
public final class AdamUpdate {
    static final String FIRST_MOMENT = ".adam-m";
    static final String SECOND_MOMENT = ".adam-v";
    static final String AVERAGE = ".average";

    /**
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second
     * @param epsilon keeps the division finite
     * @param weightDecay pulls kernels to zero; gains and biases are left alone
     * @param clipNorm largest global norm of the gradient
     */
    public record Settings(double beta1, double beta2, double epsilon, double weightDecay, double clipNorm) {}

    private final Settings settings;
    private final Placeholder<TFloat32> rate;
    private final Placeholder<TFloat32> beta1Power;
    private final Placeholder<TFloat32> beta2Power;
    private final Placeholder<TFloat32> averageDecay;
    private final Operand<TFloat32> norm;
    private final Op update;

    /**
     * Adds the step to the graph.
     *
     * @param trained names of the weights to move
     */
    public AdamUpdate(Graph graph, Ops tf, Variables variables, List<String> trained, Gradient gradient) {
        this.settings = gradient.settings();
        rate = scalar(tf, "rate");
        beta1Power = scalar(tf, "beta1-power");
        beta2Power = scalar(tf, "beta2-power");
        averageDecay = scalar(tf, "average-decay");
        var weights = trained.stream()
                .map(name -> variables.slot(name).variable().asOutput())
                .toArray(Output<?>[]::new);
        var gradients = new ArrayList<Operand<TFloat32>>();
        for (var output : graph.addGradients(gradient.loss().asOutput(), weights)) {
            gradients.add(output.expect(TFloat32.class));
        }
        norm = globalNorm(tf, gradients);
        var scale = tf.math.minimum(
                tf.constant(1f),
                tf.math.div(tf.constant((float) settings.clipNorm()), tf.math.add(norm, tf.constant(1e-12f))));
        var steps = new ArrayList<Op>(gradient.also());
        for (int i = 0; i < trained.size(); i++) {
            steps.add(move(tf, variables, trained.get(i), tf.math.mul(gradients.get(i), scale)));
        }
        update = tf.withControlDependencies(steps).withName("train-step").noOp();
    }

    /**
     * What the weights follow.
     *
     * @param loss a scalar
     * @param also runs in the same step
     */
    public record Gradient(Operand<TFloat32> loss, List<Op> also, Settings settings) {}

    private Op move(Ops tf, Variables variables, String name, Operand<TFloat32> gradient) {
        var slot = variables.slot(name);
        var weight = slot.variable();
        var average = variables.beside(name, AVERAGE, slot.initial());
        var m = variables.beside(name, FIRST_MOMENT, Initial.ZEROS);
        var v = variables.beside(name, SECOND_MOMENT, Initial.ZEROS);
        var after = tf.withControlDependencies(gradient);
        if (slot.shape().size() > 1) {
            var decay = after.math.mul(after.math.mul(weight, rate), after.constant((float) settings.weightDecay()));
            after = tf.withControlDependencies(after.assignSub(weight, decay));
        }
        var moved = after.train.applyAdam(
                weight,
                m,
                v,
                beta1Power,
                beta2Power,
                rate,
                constant(tf, settings.beta1()),
                constant(tf, settings.beta2()),
                constant(tf, settings.epsilon()),
                gradient);
        var last = tf.withControlDependencies(moved);
        var distance = last.math.sub(average, last.identity(weight));
        return last.assignSub(average, last.math.mul(distance, last.math.sub(last.constant(1f), averageDecay)));
    }

    private static Operand<TFloat32> globalNorm(Ops tf, List<Operand<TFloat32>> gradients) {
        var squares = new ArrayList<Operand<TFloat32>>();
        for (var gradient : gradients) {
            squares.add(tf.nn.l2Loss(gradient));
        }
        return tf.math.sqrt(tf.math.mul(tf.math.addN(squares), tf.constant(2f)));
    }

    private static Operand<TFloat32> constant(Ops tf, double value) {
        return tf.constant((float) value);
    }

    private static Placeholder<TFloat32> scalar(Ops tf, String name) {
        return tf.withName(name).placeholder(TFloat32.class, Placeholder.shape(org.tensorflow.ndarray.Shape.scalar()));
    }

    /** Values that step number {@code step}, from 1, must feed. */
    public List<Fed> feeds(long step, double learningRate, double averageDecayNow) {
        return List.of(
                new Fed(rate, (float) learningRate),
                new Fed(beta1Power, (float) Math.pow(settings.beta1(), (double) step)),
                new Fed(beta2Power, (float) Math.pow(settings.beta2(), (double) step)),
                new Fed(averageDecay, (float) averageDecayNow));
    }

    /** A scalar to feed. */
    public record Fed(Placeholder<TFloat32> into, float value) {}

    /** Whether a variable of this name is the optimiser's own memory. */
    public static boolean isMoment(String name) {
        return name.endsWith(FIRST_MOMENT) || name.endsWith(SECOND_MOMENT);
    }

    /** Name of a weight's running average. */
    public static String averageOf(String weight) {
        return weight + AVERAGE;
    }

    /** Name of the weight that a running average is of; any other name is left alone. */
    public static String averaged(String name) {
        return name.endsWith(AVERAGE) ? name.substring(0, name.length() - AVERAGE.length()) : name;
    }

    /** Norm of all gradients together, before clipping. */
    public Operand<TFloat32> norm() {
        return norm;
    }

    /** Runs the step. */
    public Op op() {
        return update;
    }
}
