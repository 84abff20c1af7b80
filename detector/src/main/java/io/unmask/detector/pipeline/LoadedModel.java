package io.unmask.detector.pipeline;

import io.unmask.detector.verdict.Rules;
import io.unmask.model.score.ClipScorer;
import java.util.function.UnaryOperator;

/**
 * A model that is ready to judge.
 *
 * @param scorer closed by whoever judges with it
 * @param rules made of this model and the common settings
 * @param adapt turns the rules that a stream has of its own, made for another model, into such rules for this model
 */
public record LoadedModel(ClipScorer scorer, Rules rules, UnaryOperator<Rules> adapt) {}
