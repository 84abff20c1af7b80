/** How good a detector is: metrics, their uncertainty, and the report. Pure Java over values; knows {@code model.spec} and {@code model.page}. */
package io.unmask.model.evaluate;
