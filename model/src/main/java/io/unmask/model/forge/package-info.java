/**
 * Makes manipulated faces out of authentic ones, and does to both what cameras and codecs do. Each picture is a pure
 * function of its input and a seed. OpenCV stays in here.
 */
package io.unmask.model.forge;
