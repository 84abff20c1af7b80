package io.unmask.detector.publish;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The outbox's events that cannot be delivered as they are, set aside so that others can be. Thread-safe. */
public final class ParkedEvents {
    static final String SCHEMA = "create table if not exists parked (position integer primary key, "
            + "id text not null unique, event blob not null, reason text not null, since text not null)";

    private final OutboxConnection connection;
    private final Object writing;
    private volatile Consumer<Parked> listener = parked -> {};

    /**
     * An event that was set aside.
     *
     * @param position names it; what is parked later has a higher one
     * @param bytes its size as JSON
     */
    public record Parked(long position, String id, long bytes, String reason, Instant since) {}

    /** @param writing held by whoever uses the connection */
    ParkedEvents(OutboxConnection connection, Object writing) {
        this.connection = connection;
        this.writing = writing;
    }

    /** Names who is told when an event is parked, by the thread that parks it. */
    public void onParked(Consumer<Parked> told) {
        listener = told;
    }

    /** All parked events, this process's and others', the oldest first. */
    public List<Parked> list() {
        synchronized (writing) {
            return connection.run(() -> select("order by position"));
        }
    }

    private List<Parked> select(String which) throws SQLException {
        try (PreparedStatement select = connection
                        .jdbc()
                        .prepareStatement("select position, id, length(event), reason, since from parked " + which);
                ResultSet rows = select.executeQuery()) {
            List<Parked> parked = new ArrayList<>();
            while (rows.next()) {
                parked.add(new Parked(
                        rows.getLong(1),
                        rows.getString(2),
                        rows.getLong(3),
                        rows.getString(4),
                        Instant.parse(rows.getString(5))));
            }
            return parked;
        }
    }

    /** Puts events back, behind those that wait. They have no owner, so that the next process to adopt delivers them. */
    public void retry(List<Parked> parked) {
        change(parked, position -> {
            execute(
                    "insert into event (id, owner, event) select id, '', event from parked where position = ? "
                            + "on conflict (id) do nothing",
                    position);
            execute("delete from parked where position = ?", position);
        });
    }

    /** Forgets events for good. */
    public void drop(List<Parked> parked) {
        change(parked, position -> execute("delete from parked where position = ?", position));
    }

    /** Sets a waiting event aside, in place of one that was parked under its id before. */
    void park(long position, String reason) {
        Parked parked;
        synchronized (writing) {
            parked = connection.inTransaction(() -> {
                try (PreparedStatement insert = connection
                        .jdbc()
                        .prepareStatement("insert or replace into parked "
                                + "select position, id, event, ?, ? from event where position = ?")) {
                    insert.setString(1, reason);
                    insert.setString(2, Instant.now().toString());
                    insert.setLong(3, position);
                    insert.executeUpdate();
                }
                execute("delete from event where position = ?", position);
                return select("where position = " + position).get(0);
            });
        }
        listener.accept(parked);
    }

    private interface Change {
        void apply(long position) throws SQLException;
    }

    private void change(List<Parked> parked, Change change) {
        synchronized (writing) {
            connection.inTransaction(() -> {
                for (Parked event : parked) {
                    change.apply(event.position());
                }
                return null;
            });
        }
    }

    private void execute(String sql, long position) throws SQLException {
        try (PreparedStatement statement = connection.jdbc().prepareStatement(sql)) {
            statement.setLong(1, position);
            statement.executeUpdate();
        }
    }
}
