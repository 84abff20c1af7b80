package io.unmask.model.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * What FedProx (Li et al., MLSys 2020) adds to the loss: half of a factor times the squared distance of the weights from
 * anchors. In a federation the anchors are the weights that a round started from, so that a site whose data are unlike
 * the others' does not go too far alone.
 */
public final class ProximalTerm {
    private static final String ANCHOR = ".anchor";

    private ProximalTerm() {}

    /**
     * The term, with an anchor beside each weight.
     *
     * @param trained names of the weights that move
     */
    public static Operand<TFloat32> of(Ops tf, Variables variables, List<String> trained, double factor) {
        var halves = new ArrayList<Operand<TFloat32>>();
        for (String name : trained) {
            var slot = variables.slot(name);
            var anchor = variables.beside(name, ANCHOR, Initial.ZEROS);
            halves.add(tf.nn.l2Loss(tf.math.sub(slot.variable(), anchor))); // half of the squared distance
        }
        return tf.math.mul(tf.math.addN(halves), tf.constant((float) factor));
    }

    /** Whether a variable of this name is an anchor. */
    public static boolean isAnchor(String name) {
        return name.endsWith(ANCHOR);
    }

    /** Name of a weight's anchor. */
    public static String anchorOf(String weight) {
        return weight + ANCHOR;
    }

    /** Name of the weight that an anchor is of; any other name is left alone. */
    public static String anchored(String name) {
        return isAnchor(name) ? name.substring(0, name.length() - ANCHOR.length()) : name;
    }
}
