package io.unmask.detector.pipeline;

import io.unmask.model.score.ClipScorer;
import java.util.function.UnaryOperator;

/**
 * A model that is ready to judge.
 *
 * @param scorer closed by who judges with it
 * @param rules that it makes with the common settings
 * @param adapt makes of rules that another model made with a stream's own settings those of this one
 */
public record LoadedModel(ClipScorer scorer, Rules rules, UnaryOperator<Rules> adapt) {}
