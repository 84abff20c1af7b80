package io.unmask.detector.cli;

import io.unmask.detector.run.DetectRun;
import io.unmask.detector.run.Tally;
import java.util.Optional;

/** What the process says when it ends; scripts rely on the numbers. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILURE = 1;
    static final int USAGE = 2;
    static final int NOTHING_JUDGED = 3;
    static final int FOUND = 4;
    static final int PARTLY = 5;

    /** As shells report a process that Ctrl-C ended. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}

    /**
     * How a run of {@code detect} that nobody cut short ends.
     *
     * @param failOn the final verdict on a face that fails the command
     */
    static int of(DetectRun.Result result, Optional<String> failOn) {
        Tally tally = result.tally();
        if (!result.arrived() || !result.documented()) {
            return FAILURE;
        }
        if (failOn.filter(tally::found).isPresent()) {
            return FOUND;
        }
        if (tally.failed() > 0) {
            return tally.judged() > 0 ? PARTLY : FAILURE;
        }
        return tally.judged() > 0 ? OK : NOTHING_JUDGED;
    }
}
