package io.unmask.detector.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Help.Ansi;

/**
 * The two output streams. Results go to standard output, everything else to standard error; a progress line on the same
 * terminal is wiped before anything is printed. Thread-safe.
 */
final class Console {
    private static final String ERASE_LINE = "\r\u001b[2K";

    private final PrintStream out;
    private final PrintStream err;
    private final Ansi ansi;
    private final boolean progressPossible;
    private final Supplier<Optional<String>> lost;
    private boolean progressShown;

    /** @param progressPossible whether {@code err} is a terminal, on which a line can be redrawn */
    Console(PrintStream out, PrintStream err, Ansi ansi, boolean progressPossible) {
        this(out, err, ansi, progressPossible, Optional::empty);
    }

    private Console(
            PrintStream out, PrintStream err, Ansi ansi, boolean progressPossible, Supplier<Optional<String>> lost) {
        this.lost = lost;
        this.out = out;
        this.err = err;
        this.ansi = ansi;
        this.progressPossible = progressPossible;
    }

    /** The process's own; colours only on a terminal and without {@code NO_COLOR}. */
    static Console ofProcess() {
        boolean colours = isTerminal(1) && System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        ResultStream results = ResultStream.ofProcess();
        System.setOut(new PrintStream(results, true, encoding()));
        return new Console(System.out, System.err, colours ? Ansi.ON : Ansi.OFF, isTerminal(2), results::lost);
    }

    /** That of the standard output which the JVM made. */
    private static Charset encoding() {
        return Charset.forName(System.getProperty(
                "sun.stdout.encoding", Charset.defaultCharset().name()));
    }

    Ansi ansi() {
        return ansi;
    }

    boolean progressPossible() {
        return progressPossible;
    }

    /** A line of results, with picocli's markup; what others wrote is in it by {@link Printable#inMarkup}. */
    void print(String markup) {
        printDocument(ansi.string(Printable.line(markup)));
    }

    /** A line of results. */
    void printPlain(String line) {
        printDocument(Printable.line(line));
    }

    /** Text in a format of its own, such as JSON, as it is. */
    synchronized void printDocument(String text) {
        wipe();
        out.println(text);
        out.flush();
    }

    /** A line for the user, beside the results. */
    synchronized void note(String line) {
        wipe();
        err.println(Printable.line(line));
    }

    /** What went wrong, in one line. */
    void error(String message) {
        note("unmask: " + message);
    }

    /** What went wrong, in lines of our own; each says that it is from unmask. */
    void errors(String message) {
        message.lines().forEach(this::error);
    }

    synchronized void trace(Throwable failure) {
        wipe();
        failure.printStackTrace(err);
    }

    synchronized void progress(String line) {
        err.print(ERASE_LINE + Printable.line(line));
        err.flush();
        progressShown = true;
    }

    synchronized void endProgress() {
        wipe();
    }

    /** Why results are lost, as on a full disk; empty when none are. */
    Optional<String> lost() {
        return lost.get();
    }

    /** Whether results cannot be written any more, as after {@code | head}. */
    boolean outClosed() {
        return out.checkError();
    }

    private void wipe() {
        if (progressShown) {
            err.print(ERASE_LINE);
            err.flush();
            progressShown = false;
        }
    }

    private static boolean isTerminal(int descriptor) {
        Path link = Path.of("/proc/self/fd/" + descriptor);
        if (!Files.isSymbolicLink(link)) {
            // Java cannot tell of one stream elsewhere than on Linux; picocli guesses by the environment.
            return Ansi.AUTO.enabled();
        }
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException e) {
            return false;
        }
    }
}
