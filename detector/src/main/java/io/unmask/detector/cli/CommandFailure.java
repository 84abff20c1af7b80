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

    /** Our own messages say what is wrong; the system's often name the file alone. */
    static CommandFailure of(IOException e) {
        return new CommandFailure(told(e), e);
    }

    /** A file could not be written; the system does not say which when its disk is full. */
    static CommandFailure ofWriting(Path file, IOException e) {
        return e instanceof FileSystemException ? of(e) : new CommandFailure(file + ": " + told(e), e);
    }

    private static String told(IOException e) {
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
            return e.getMessage() + ": is no folder; check the path";
        }
        if (e instanceof AccessDeniedException) {
            return e.getMessage() + ": no permission";
        }
        boolean speaks = e instanceof FileSystemException of ? of.getReason() != null : e.getMessage() != null;
        return speaks ? e.getMessage() : e.toString();
    }

    int exitCode() {
        return exitCode;
    }
}
