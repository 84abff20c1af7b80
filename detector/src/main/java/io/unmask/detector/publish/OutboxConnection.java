package io.unmask.detector.publish;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.sqlite.SQLiteConfig;

/** A connection to the outbox's file. SQLite's failures come out as {@link OutboxException}. Not thread-safe. */
final class OutboxConnection implements AutoCloseable {
    static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);
    /** Enough for a whole transaction, so that none of its pages is written twice. */
    private static final int CACHE_KIBIBYTES = 8 << 10;

    private final Path file;
    private final Connection connection;

    @FunctionalInterface
    interface Work<T> {
        T run() throws SQLException;
    }

    private OutboxConnection(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    /** Its commits are on the disk when they return: they survive a power cut. */
    static OutboxConnection durable(Path file) {
        return open(file, SQLiteConfig.SynchronousMode.FULL);
    }

    /**
     * Its commits survive the end of this process. They survive a power cut only once a durable commit has followed; until
     * then, a power cut may undo a commit and all that follow it.
     */
    static OutboxConnection lazy(Path file) {
        return open(file, SQLiteConfig.SynchronousMode.NORMAL);
    }

    private static OutboxConnection open(Path file, SQLiteConfig.SynchronousMode synchronous) {
        SQLiteConfig config = new SQLiteConfig();
        config.setCacheSize(-CACHE_KIBIBYTES);
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(synchronous);
        config.setBusyTimeout((int) BUSY_TIMEOUT.toMillis());
        try {
            return new OutboxConnection(file, config.createConnection("jdbc:sqlite:" + file));
        } catch (SQLException e) {
            throw OutboxException.of(file, e);
        }
    }

    Connection jdbc() {
        return connection;
    }

    <T> T run(Work<T> work) {
        try {
            return work.run();
        } catch (SQLException e) {
            throw OutboxException.of(file, e);
        }
    }

    /** Runs work in a transaction, which is committed as a whole or not at all. */
    <T> T inTransaction(Work<T> work) {
        return run(() -> {
            execute("begin immediate");
            try {
                T result = work.run();
                execute("commit");
                return result;
            } catch (SQLException | RuntimeException e) {
                rollBack(e);
                throw e;
            }
        });
    }

    private void rollBack(Exception failure) {
        try {
            execute("rollback");
        } catch (SQLException e) {
            // SQLite may have rolled back by itself, as it does when the disk is full.
            failure.addSuppressed(e);
        }
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** First column of a query's only row. */
    String only(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getString(1);
        }
    }

    @Override
    public void close() {
        run(() -> {
            connection.close();
            return null;
        });
    }
}
