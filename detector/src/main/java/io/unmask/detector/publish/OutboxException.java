package io.unmask.detector.publish;

import io.unmask.config.DiskSpace;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** The outbox cannot be used; the message is one line for the user. What was committed stays. */
public class OutboxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What SQLite says, too, when the disk has no room for its index or its log. */
    private static final Set<Integer> ROOMLESS =
            Set.of(SQLiteErrorCode.SQLITE_IOERR.code, SQLiteErrorCode.SQLITE_CANTOPEN.code);

    OutboxException(String message) {
        super(message);
    }

    OutboxException(String message, Throwable cause) {
        super(message, cause);
    }

    static OutboxException of(Path file, SQLException e) {
        // The low byte is the primary code, the rest says more than a user needs.
        int code = e instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : -1;
        if (code == SQLiteErrorCode.SQLITE_FULL.code
                || (ROOMLESS.contains(code)
                        && DiskSpace.isFull(file.toAbsolutePath().getParent()))) {
            return new OutboxException(
                    "the disk is full: outbox " + file
                            + " takes no more verdicts and lost none; free some space and run again",
                    e);
        }
        if (code == SQLiteErrorCode.SQLITE_NOTADB.code || code == SQLiteErrorCode.SQLITE_CORRUPT.code) {
            return damaged(file, e.getMessage(), e);
        }
        if (code == SQLiteErrorCode.SQLITE_BUSY.code) {
            return new OutboxException(
                    "outbox " + file + " was held by another program for " + OutboxConnection.BUSY_TIMEOUT.toSeconds()
                            + " s: end it and run again",
                    e);
        }
        return new OutboxException("outbox " + file + " cannot be used: " + e.getMessage(), e);
    }

    static OutboxException damaged(Path file, String how, SQLException cause) {
        return new OutboxException(
                "outbox " + file + " is damaged (" + how + "): move it away, with what it holds, and run again", cause);
    }
}
