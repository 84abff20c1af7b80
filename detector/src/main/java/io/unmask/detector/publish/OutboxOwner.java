package io.unmask.detector.publish;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Who relays an event, so that several processes can share an outbox. Used within the outbox's transactions. */
final class OutboxOwner {

    /** Start times that the system reports for a process may differ by its clock's corrections. */
    private static final long START_TOLERANCE_MS = 5_000;

    private final Connection connection;
    private final String id = UUID.randomUUID().toString();

    OutboxOwner(Connection connection) {
        this.connection = connection;
    }

    String id() {
        return id;
    }

    void register() throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into owner values (?, ?, ?)")) {
            insert.setString(1, id);
            insert.setLong(2, ProcessHandle.current().pid());
            insert.setLong(3, startedMillis(ProcessHandle.current()));
            insert.executeUpdate();
        }
    }

    /** Leaves its events to others. */
    void release() throws SQLException {
        delete(id);
    }

    /** Takes over the events of owners that were released or whose process has ended. */
    int adopt() throws SQLException {
        for (String ended : ended()) {
            delete(ended);
        }
        try (PreparedStatement update =
                connection.prepareStatement("update event set owner = ? where owner not in (select id from owner)")) {
            update.setString(1, id);
            return update.executeUpdate();
        }
    }

    private List<String> ended() throws SQLException {
        List<String> ended = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id, pid, started_ms from owner")) {
            while (rows.next()) {
                if (!isAlive(rows.getLong(2), rows.getLong(3))) {
                    ended.add(rows.getString(1));
                }
            }
        }
        return ended;
    }

    private void delete(String owner) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from owner where id = ?")) {
            delete.setString(1, owner);
            delete.executeUpdate();
        }
    }

    private static boolean isAlive(long pid, long startedMillis) {
        return ProcessHandle.of(pid)
                .filter(process -> Math.abs(startedMillis(process) - startedMillis) <= START_TOLERANCE_MS)
                .isPresent();
    }

    private static long startedMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
