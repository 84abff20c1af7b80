package io.unmask.model.evaluate;

/**
 * A face that was judged by a model with labels of its own.
 *
 * @param video the file that it is from, whatever its encoding
 */
public record LabelSample(String video, String group, String condition, LabelTable.Face face) implements Trial.Judged {}
