package io.unmask.model.score;

import ai.djl.engine.EngineException;
import io.unmask.model.runtime.TensorFlowRuntime;
import io.unmask.model.runtime.TensorFlowUnavailableException;

/** DJL's TensorFlow engine, which a process has once. */
final class Engine {
    static final String NAME = "TensorFlow";

    /** TensorFlow keeps one thread pool a process, made by its first session: later wishes would be ignored. */
    private static int threadsInForce = -1;

    private Engine() {}

    /**
     * Starts the engine unless it runs.
     *
     * @param threads 0 lets TensorFlow choose
     * @throws ScoringException if it cannot start, or runs with another number of threads
     */
    static synchronized void start(int threads) {
        if (threadsInForce == threads) {
            return;
        }
        if (threadsInForce >= 0) {
            throw new ScoringException("model.threads = " + threads + ": TensorFlow already runs with " + threadsInForce
                    + " in this process, and they cannot be changed");
        }
        try {
            TensorFlowRuntime.ensureLoaded();
            if (threads > 0) {
                System.setProperty("ai.djl.tensorflow.num_intraop_threads", Integer.toString(threads));
                System.setProperty("ai.djl.tensorflow.num_interop_threads", Integer.toString(threads));
            }
            ai.djl.engine.Engine.getEngine(NAME);
        } catch (TensorFlowUnavailableException | EngineException e) {
            throw new ScoringException(e.getMessage(), e);
        }
        threadsInForce = threads;
    }

    /** TensorFlow's messages go on with the whole graph. */
    static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }
}
