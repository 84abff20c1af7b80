package io.unmask.detector.publish;

import io.cloudevents.CloudEvent;
import io.unmask.detector.verdict.VerdictEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.sqlite.SQLiteConfig;

/**
 * Events on their way to Kafka, in SQLite: in here before they are published, gone once Kafka has them. Thread-safe.
 *
 * <p>Several processes may share the file. Each relays what it appended, in that order; what a process left behind,
 * killed or not, belongs to the next one that {@linkplain #adopt adopts} it.
 *
 * <p>Write-ahead logging lets the relay read while ingest appends. {@code synchronous=FULL} because a commit is a
 * promise: it survives a power cut, and a few commits a second can afford their fsync.
 */
public final class Outbox implements AutoCloseable {
    static final Duration BUSY_TIMEOUT = Duration.ofSeconds(10);
    private static final int FORMAT = 1;

    private static final List<String> SCHEMA = List.of(
            "create table if not exists event (position integer primary key autoincrement, "
                    + "id text not null unique, owner text not null, event blob not null)",
            "create index if not exists event_by_owner on event (owner, position)",
            "create table if not exists owner (id text primary key, pid integer not null, started_ms integer not null)",
            "pragma user_version = " + FORMAT);

    /**
     * An event that Kafka does not have yet.
     *
     * @param position rises in the order of appending
     */
    public record Entry(long position, CloudEvent event) {}

    @FunctionalInterface
    private interface Work<T> {
        T run() throws SQLException;
    }

    private final Path file;
    private final long maxBytes;
    private final Connection connection;
    private final OutboxOwner owner;

    private Outbox(Path file, long maxBytes, Connection connection) {
        this.file = file;
        this.maxBytes = maxBytes;
        this.connection = connection;
        this.owner = new OutboxOwner(connection);
    }

    /**
     * Opens the outbox, makes it if absent, and adopts what ended processes left in it.
     *
     * @param maxMegabytes what undelivered events may take
     * @throws OutboxException when it is damaged, not writable or of a newer version
     */
    public static Outbox open(Path file, int maxMegabytes) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout((int) BUSY_TIMEOUT.toMillis());
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Outbox outbox = new Outbox(file, maxMegabytes * 1_000_000L, config.createConnection("jdbc:sqlite:" + file));
            outbox.prepare();
            return outbox;
        } catch (IOException e) {
            throw new OutboxException(
                    "outbox " + file + " cannot be made (" + e
                            + "): set data-directory to a folder that can be written",
                    e);
        } catch (SQLException e) {
            throw OutboxException.of(file, e);
        }
    }

    /**
     * Commits events, all or none; one that is already here is left as it is.
     *
     * @return how many were new
     * @throws OutboxFullException when the limit is reached; nothing was appended
     * @throws OutboxException when they cannot be written; nothing was appended
     */
    public synchronized int append(List<CloudEvent> events) {
        return inTransaction(() -> {
            requireRoom();
            int added = 0;
            try (PreparedStatement insert = connection.prepareStatement(
                    "insert into event (id, owner, event) values (?, ?, ?) on conflict (id) do nothing")) {
                for (CloudEvent event : events) {
                    insert.setString(1, event.getId());
                    insert.setString(2, owner.id());
                    insert.setBytes(3, VerdictEvent.toJson(event));
                    added += insert.executeUpdate();
                }
            }
            return added;
        });
    }

    /** The oldest events that are this process's to relay, in order. */
    public synchronized List<Entry> pending(int limit) {
        return mapped(() -> {
            try (PreparedStatement select = connection.prepareStatement(
                    "select position, event from event where owner = ? order by position limit ?")) {
                select.setString(1, owner.id());
                select.setInt(2, limit);
                List<Entry> entries = new ArrayList<>();
                try (ResultSet rows = select.executeQuery()) {
                    while (rows.next()) {
                        entries.add(new Entry(rows.getLong(1), VerdictEvent.fromJson(rows.getBytes(2))));
                    }
                }
                return entries;
            }
        });
    }

    /** How many events are this process's to relay. */
    public synchronized long pendingCount() {
        return mapped(() -> {
            try (PreparedStatement count = connection.prepareStatement("select count(*) from event where owner = ?")) {
                count.setString(1, owner.id());
                try (ResultSet row = count.executeQuery()) {
                    return row.getLong(1);
                }
            }
        });
    }

    /** Removes events that Kafka has acknowledged. */
    public synchronized void acknowledge(Collection<Entry> delivered) {
        inTransaction(() -> {
            try (PreparedStatement delete = connection.prepareStatement("delete from event where position = ?")) {
                for (Entry entry : delivered) {
                    delete.setLong(1, entry.position());
                    delete.executeUpdate();
                }
            }
            return null;
        });
    }

    /**
     * Takes over the events of processes that have ended.
     *
     * @return how many
     */
    public synchronized int adopt() {
        return inTransaction(owner::adopt);
    }

    /** Leaves what is undelivered to the next process. */
    @Override
    public synchronized void close() {
        try (connection) {
            owner.release();
        } catch (SQLException e) {
            throw OutboxException.of(file, e);
        }
    }

    /** Makes SQLite take no more than so many pages, or what it already has. */
    synchronized void limitPages(int pages) throws SQLException {
        execute("pragma max_page_count = " + pages);
    }

    private void prepare() throws SQLException {
        try {
            checkSound();
            inTransaction(() -> {
                for (String sql : SCHEMA) {
                    execute(sql);
                }
                owner.register();
                return null;
            });
            adopt();
        } catch (SQLException | OutboxException e) {
            try {
                connection.close();
            } catch (SQLException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private void checkSound() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            try (ResultSet row = statement.executeQuery("pragma quick_check(1)")) {
                if (!row.getString(1).equals("ok")) {
                    throw OutboxException.damaged(file, row.getString(1).strip().replace('\n', ' '), null);
                }
            }
            try (ResultSet row = statement.executeQuery("pragma user_version")) {
                if (row.getInt(1) > FORMAT) {
                    throw new OutboxException("outbox " + file + " was written by a newer unmask (format "
                            + row.getInt(1) + "): run that one, or set another data-directory");
                }
            }
        }
    }

    private void requireRoom() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select (p.page_count - f.freelist_count) * s.page_size "
                        + "from pragma_page_count p, pragma_freelist_count f, pragma_page_size s")) {
            if (row.getLong(1) >= maxBytes) {
                throw new OutboxFullException("outbox " + file + " holds " + row.getLong(1) / 1_000_000
                        + " MB of undelivered verdicts, as many as outbox.max-megabytes allows: "
                        + "make Kafka reachable or raise the limit");
            }
        }
    }

    private <T> T inTransaction(Work<T> work) {
        return mapped(() -> {
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
            // A full disk, for one, makes SQLite roll back by itself.
            failure.addSuppressed(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private <T> T mapped(Work<T> work) {
        try {
            return work.run();
        } catch (SQLException e) {
            throw OutboxException.of(file, e);
        }
    }
}
