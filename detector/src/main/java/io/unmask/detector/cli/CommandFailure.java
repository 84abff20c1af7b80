package io.unmask.detector.cli;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** A command cannot go on; the message is for the user, one or more lines. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    CommandFailure(String message) {
        this(message, null);
    }

    CommandFailure(int exitCode, String message) {
        this(exitCode, message, null);
    }

    CommandFailure(String message, Throwable cause) {
        this(ExitCode.FAILURE, message, cause);
    }

    CommandFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** A failure with a message for users. The message of an exception of Java's is often only the name of the file. */
    static CommandFailure of(IOException e) {
        return new CommandFailure(explain(e), e);
    }

    /** A failure to write a file. Names the file, because the system's message for a full disk does not. */
    static CommandFailure ofWriting(Path file, IOException e) {
        return e instanceof FileSystemException ? of(e) : new CommandFailure(file + ": " + explain(e), e);
    }

    private static String explain(IOException e) {
        if (e instanceof NoSuchFileException) {
            return e.getMessage() + ": no such file or folder; check the path";
        }
        if (e instanceof FileAlreadyExistsException) {
            return e.getMessage() + ": exists already; choose another name, or remove it";
        }
        if (e instanceof FileNotFoundException) { // its message has the system's reason
            return e.getMessage() + "; check the path";
        }
        if (e instanceof NotDirectoryException) {
            return e.getMessage() + ": is not a folder; check the path";
        }
        if (e instanceof AccessDeniedException) {
            return e.getMessage() + ": no permission";
        }
        boolean hasReason = e instanceof FileSystemException of ? of.getReason() != null : e.getMessage() != null;
        return hasReason ? e.getMessage() : e.toString();
    }

    int exitCode() {
        return exitCode;
    }
}
