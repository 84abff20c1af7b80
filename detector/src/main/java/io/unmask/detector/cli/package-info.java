/** The command line: {@code unmask} and one class a subcommand. Wires the other packages; nothing imports it but commands. */
package io.unmask.detector.cli;
