/**
 * {@code unmask bench}: measures the program and, in the same run on the same file, what a user would take instead or what
 * the machine can do. A class ending in {@code Row} is a line of the table. {@code unmask bench-federation} compares what
 * federated training comes to.
 */
package io.unmask.samples.bench;
