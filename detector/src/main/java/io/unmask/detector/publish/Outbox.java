package io.unmask.detector.publish;

import io.cloudevents.CloudEvent;
import io.unmask.config.PrivateFiles;
import io.unmask.config.Settings;
import io.unmask.detector.verdict.EventFormatException;
import io.unmask.detector.verdict.EventLine;
import io.unmask.detector.verdict.VerdictEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The events that Kafka does not have yet, in an SQLite file. Each is committed here before it is sent, and removed once
 * Kafka has acknowledged it. Thread-safe.
 *
 * <p>Several processes may share the file. Each relays what it appended, in that order; what a process left behind,
 * killed or not, belongs to the next one that {@linkplain #adopt adopts} it.
 *
 * <p>Write-ahead logging lets the relay read while an append waits for the disk. Appending is {@code synchronous=FULL}
 * because a commit is a promise: it survives a power cut. Removing is {@code synchronous=NORMAL}, which waits for no
 * disk: a removal that a power cut undoes is an event that is sent again under the same id. Either way the log is
 * brought to the disk before it is copied into the file.
 */
public final class Outbox implements AutoCloseable {
    private static final int FORMAT = 1;

    private static final List<String> SCHEMA = List.of(
            "create table if not exists event (position integer primary key autoincrement, "
                    + "id text not null unique, owner text not null, event blob not null)",
            "create index if not exists event_by_owner on event (owner, position)",
            "create table if not exists owner (id text primary key, pid integer not null, started_ms integer not null)",
            ParkedEvents.SCHEMA,
            "pragma user_version = " + FORMAT);

    /**
     * An event that Kafka does not have yet.
     *
     * @param position rises in the order of appending
     */
    public record Entry(long position, CloudEvent event) {}

    private final Path file;
    private final long maxBytes;
    /** Held while anything is written: SQLite has one writer, and a monitor is quicker to wait for than its lock. */
    private final Object writing = new Object();
    /** Used while holding {@link #writing}. */
    private final OutboxConnection appending;
    /** Used while holding its own monitor, which is taken after {@link #writing}. */
    private final OutboxConnection relaying;

    private final OutboxOwner owner;
    private final ParkedEvents parked;

    private Outbox(Path file, long maxBytes, OutboxConnection appending, OutboxConnection relaying, OutboxOwner owner) {
        this.file = file;
        this.maxBytes = maxBytes;
        this.appending = appending;
        this.owner = owner;
        this.relaying = relaying;
        this.parked = new ParkedEvents(appending, writing);
    }

    /**
     * Opens the outbox, makes it if absent, and adopts what ended processes left in it.
     *
     * @param maxMegabytes the most that undelivered events may take
     * @throws OutboxException when it is damaged, not writable or of a newer version
     */
    public static Outbox open(Path file, int maxMegabytes) {
        try {
            PrivateFiles.createDirectories(file.toAbsolutePath().getParent());
            // SQLite gives its log the permissions of the file.
            PrivateFiles.create(file);
        } catch (IOException e) {
            throw new OutboxException(
                    "outbox " + file + " cannot be made (" + e
                            + "): set data-directory to a folder that can be written",
                    e);
        }
        OutboxConnection appending = OutboxConnection.durable(file);
        try {
            checkSound(file, appending);
            OutboxOwner owner = join(file, appending);
            return new Outbox(file, maxMegabytes * 1_000_000L, appending, OutboxConnection.lazy(file), owner);
        } catch (OutboxException e) {
            try {
                appending.close();
            } catch (OutboxException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private static OutboxOwner join(Path file, OutboxConnection appending) {
        OutboxOwner owner = new OutboxOwner(appending.jdbc(), file.toAbsolutePath());
        try {
            appending.inTransaction(() -> {
                for (String sql : SCHEMA) {
                    appending.execute(sql);
                }
                owner.register();
                return owner.adopt();
            });
            return owner;
        } catch (OutboxException e) {
            owner.letGo();
            throw e;
        }
    }

    /**
     * The outbox's file for the broker that the settings name. A Kafka of the user's own and the embedded broker each have
     * a file, because the events of one are not meant for the readers of the other.
     */
    public static Path fileFor(Settings settings) {
        return file(
                settings.dataDirectory(), settings.kafka().bootstrapServers().isPresent());
    }

    private static Path file(Path dataDirectory, boolean isForServers) {
        return dataDirectory.resolve(isForServers ? "outbox.db" : "outbox-embedded.db");
    }

    /** The outbox of the other broker: the embedded one when the settings name a Kafka, else the user's own Kafka. */
    public record Elsewhere(Path file, boolean isForServers, long waiting) {
        @Override
        public String toString() {
            return waiting + " events wait in " + file + " for a run " + (isForServers ? "with" : "without")
                    + " kafka.bootstrap-servers";
        }
    }

    /** @throws OutboxException when that outbox is damaged */
    public static Elsewhere elsewhere(Settings settings) {
        boolean isForServers = settings.kafka().bootstrapServers().isEmpty();
        Path file = file(settings.dataDirectory(), isForServers);
        if (!Files.exists(file)) {
            return new Elsewhere(file, isForServers, 0);
        }
        try (OutboxConnection reading = OutboxConnection.lazy(file)) {
            String waiting = reading.run(() -> {
                boolean hasNoTables = reading.only("pragma user_version").equals("0");
                return hasNoTables ? "0" : reading.only("select count(*) from event");
            });
            return new Elsewhere(file, isForServers, Long.parseLong(waiting));
        }
    }

    /**
     * Commits events, all or none; an event that is here already is left as it is.
     *
     * @return how many were new
     * @throws OutboxFullException when the limit is reached; nothing was appended
     * @throws OutboxException when they cannot be written; nothing was appended
     */
    public int append(List<CloudEvent> events) {
        List<byte[]> lines = events.stream().map(EventLine::of).toList();
        synchronized (writing) {
            return appending.inTransaction(() -> {
                requireRoom();
                int added = 0;
                try (PreparedStatement insert = appending
                        .jdbc()
                        .prepareStatement(
                                "insert into event (id, owner, event) values (?, ?, ?) on conflict (id) do nothing")) {
                    insert.setString(2, owner.id());
                    for (int i = 0; i < lines.size(); i++) {
                        insert.setString(1, events.get(i).getId());
                        insert.setBytes(3, lines.get(i));
                        added += insert.executeUpdate();
                    }
                }
                return added;
            });
        }
    }

    /**
     * The oldest events that are this process's to relay, in order. A row that holds no event is {@linkplain #parked
     * parked}.
     */
    public List<Entry> pending(int limit) {
        while (true) {
            List<Row> rows = rows(limit);
            List<Entry> entries = new ArrayList<>();
            rows.forEach(row -> read(row).ifPresent(entries::add));
            if (rows.isEmpty() || !entries.isEmpty()) {
                return entries;
            }
        }
    }

    private record Row(long position, byte[] json) {}

    private List<Row> rows(int limit) {
        synchronized (relaying) {
            return relaying.run(() -> {
                List<Row> rows = new ArrayList<>();
                try (PreparedStatement select = relaying.jdbc()
                        .prepareStatement(
                                "select position, event from event where owner = ? order by position limit ?")) {
                    select.setString(1, owner.id());
                    select.setInt(2, limit);
                    try (ResultSet found = select.executeQuery()) {
                        while (found.next()) {
                            rows.add(new Row(found.getLong(1), found.getBytes(2)));
                        }
                    }
                }
                return rows;
            });
        }
    }

    private Optional<Entry> read(Row row) {
        try {
            CloudEvent event = EventLine.parse(row.json());
            VerdictEvent.key(event);
            return Optional.of(new Entry(row.position(), event));
        } catch (EventFormatException | IllegalArgumentException e) {
            parked.park(row.position(), "its row in the outbox is damaged: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** What could not be delivered and was set aside. */
    public ParkedEvents parked() {
        return parked;
    }

    /** How many events are this process's to relay. */
    public long pendingCount() {
        return count("select count(*) from event where owner = ?", Optional.of(owner.id()));
    }

    /** How many events wait, whoever is to relay them. */
    public long waitingCount() {
        return count("select count(*) from event", Optional.empty());
    }

    private long count(String select, Optional<String> of) {
        synchronized (relaying) {
            return relaying.run(() -> {
                try (PreparedStatement count = relaying.jdbc().prepareStatement(select)) {
                    if (of.isPresent()) {
                        count.setString(1, of.get());
                    }
                    try (ResultSet row = count.executeQuery()) {
                        return row.getLong(1);
                    }
                }
            });
        }
    }

    /** Removes events that Kafka has acknowledged. */
    public void acknowledge(Collection<Entry> delivered) {
        synchronized (writing) {
            synchronized (relaying) {
                relaying.inTransaction(() -> {
                    try (PreparedStatement delete =
                            relaying.jdbc().prepareStatement("delete from event where position = ?")) {
                        for (Entry entry : delivered) {
                            delete.setLong(1, entry.position());
                            delete.executeUpdate();
                        }
                    }
                    return null;
                });
            }
        }
    }

    /**
     * Takes over the events of processes that have ended.
     *
     * @return how many
     */
    public int adopt() {
        synchronized (writing) {
            return appending.inTransaction(owner::adopt);
        }
    }

    /** Leaves what is undelivered to the next process. */
    @Override
    public void close() {
        synchronized (writing) {
            synchronized (relaying) {
                try (appending;
                        relaying) {
                    appending.run(() -> {
                        owner.release();
                        return null;
                    });
                }
            }
        }
    }

    /** Limits the file to this many pages, or to its present size when that is more, as a full disk would. */
    void limitPages(int pages) throws SQLException {
        synchronized (writing) {
            appending.execute("pragma max_page_count = " + pages);
        }
    }

    private static void checkSound(Path file, OutboxConnection connection) {
        String check = connection.run(() -> connection.only("pragma quick_check(1)"));
        if (!check.equals("ok")) {
            throw OutboxException.damaged(file, check.strip().replace('\n', ' '), null);
        }
        String format = connection.run(() -> connection.only("pragma user_version"));
        if (Integer.parseInt(format) > FORMAT) {
            throw new OutboxException("outbox " + file + " was written by a newer unmask (format " + format
                    + "): run that one, or set another data-directory");
        }
    }

    private void requireRoom() throws SQLException {
        long bytes = Long.parseLong(appending.only("select (p.page_count - f.freelist_count) * s.page_size "
                + "from pragma_page_count p, pragma_freelist_count f, pragma_page_size s"));
        if (bytes >= maxBytes) {
            throw new OutboxFullException("outbox " + file + " holds " + bytes / 1_000_000
                    + " MB of undelivered verdicts, as many as outbox.max-megabytes allows: "
                    + "make Kafka reachable or raise the limit");
        }
    }
}
