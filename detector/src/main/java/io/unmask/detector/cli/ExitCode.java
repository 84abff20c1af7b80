package io.unmask.detector.cli;

/** What the process says when it ends; scripts rely on the numbers. */
final class ExitCode {
    static final int JUDGED = 0;
    static final int FAILURE = 1;
    static final int USAGE = 2;
    static final int NOTHING_JUDGED = 3;
    static final int FAKE_FOUND = 4;

    /** As shells report a process that Ctrl-C ended. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
