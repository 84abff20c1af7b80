package io.unmask.model.graph;

/** How a layer behaves. */
public enum Mode {
    /** Batch statistics; moving statistics are updated. */
    TRAINING,
    /** Moving statistics, folded into the convolutions by the graph. */
    EVALUATION,
    /** Convolutions carry folded weights already; nothing else is left of batch norm. */
    SERVING
}
