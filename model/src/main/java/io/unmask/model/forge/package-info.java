/**
 * Makes manipulated faces out of authentic ones, and does to both what cameras and codecs do. Each picture is a pure
 * function of its input and a seed. Imports OpenCV and, of unmask, {@code ingest.clip} and {@code model.image}.
 */
package io.unmask.model.forge;
