package io.unmask.detector.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/** A command cannot go on; the message is for the user, one or more lines. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CommandFailure(String message) {
        this(message, null);
    }

    CommandFailure(String message, Throwable cause) {
        this(ExitCode.FAILURE, message, cause);
    }

    CommandFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** Our own messages say what is wrong; the system's often name the file alone. */
    static CommandFailure of(IOException e) {
        if (e instanceof NoSuchFileException) {
            return new CommandFailure(e.getMessage() + ": no such file or folder; check the path", e);
        }
        if (e instanceof FileAlreadyExistsException) {
            return new CommandFailure(e.getMessage() + ": exists already; choose another name, or remove it", e);
        }
        if (e instanceof FileNotFoundException) { // its message has the system's reason
            return new CommandFailure(e.getMessage() + "; check the path", e);
        }
        return new CommandFailure(
                e instanceof AccessDeniedException ? e.getMessage() + ": no permission" : e.getMessage(), e);
    }

    int exitCode() {
        return exitCode;
    }
}
