package io.unmask.detector.serve;

import io.unmask.config.PrivateFiles;
import io.unmask.detector.verdict.EventLine;
import io.unmask.detector.verdict.VerdictEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;

/** Keeps the faces that wait for review in the data directory, so that a restart loses none. Not thread-safe. */
final class ReviewStore implements AutoCloseable {
    private final Path file;
    private final Connection connection;

    private ReviewStore(Path file, Connection connection) {
        this.file = file;
        this.connection = connection;
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    /** @throws RefusedException when the file can be neither read nor created */
    static ReviewStore open(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.enforceForeignKeys(true);
        try {
            PrivateFiles.createDirectories(file.getParent());
            PrivateFiles.create(file);
            ReviewStore store = new ReviewStore(file, config.createConnection("jdbc:sqlite:" + file));
            store.execute("create table if not exists review"
                    + " (id text primary key, source text not null, at text not null, event blob not null)");
            store.execute(
                    "create table if not exists picture (review text not null references review on delete cascade,"
                            + " number integer not null, jpeg blob not null, primary key (review, number))");
            return store;
        } catch (IOException | SQLException e) {
            throw new RefusedException(file + ": the faces to review cannot be read: " + e.getMessage());
        }
    }

    /** All faces that wait, in the order of their arrival. */
    List<ReviewQueue.Entry> load() {
        return run(() -> {
            List<ReviewQueue.Entry> entries = new ArrayList<>();
            try (PreparedStatement query =
                            connection.prepareStatement("select id, source, at, event from review order by rowid");
                    ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    entries.add(new ReviewQueue.Entry(
                            rows.getString(1),
                            rows.getString(2),
                            Instant.parse(rows.getString(3)),
                            VerdictEvent.parse(EventLine.parse(rows.getBytes(4))),
                            pictures(rows.getString(1))));
                }
            }
            return entries;
        });
    }

    private List<byte[]> pictures(String review) throws SQLException {
        List<byte[]> pictures = new ArrayList<>();
        try (PreparedStatement query =
                connection.prepareStatement("select jpeg from picture where review = ? order by number")) {
            query.setString(1, review);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    pictures.add(rows.getBytes(1));
                }
            }
        }
        return pictures;
    }

    /** An entry of the same id is replaced. */
    void add(ReviewQueue.Entry entry) {
        run(() -> {
            connection.setAutoCommit(false);
            try {
                delete(entry.id());
                try (PreparedStatement insert = connection.prepareStatement("insert into review values (?, ?, ?, ?)")) {
                    insert.setString(1, entry.id());
                    insert.setString(2, entry.source());
                    insert.setString(3, entry.at().toString());
                    insert.setBytes(4, EventLine.of(VerdictEvent.of(entry.verdict())));
                    insert.executeUpdate();
                }
                insertPictures(entry);
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
            return null;
        });
    }

    private void insertPictures(ReviewQueue.Entry entry) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into picture values (?, ?, ?)")) {
            for (int i = 0; i < entry.pictures().size(); i++) {
                insert.setString(1, entry.id());
                insert.setInt(2, i);
                insert.setBytes(3, entry.pictures().get(i));
                insert.executeUpdate();
            }
        }
    }

    void remove(String id) {
        run(() -> {
            delete(id);
            return null;
        });
    }

    private void delete(String id) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from review where id = ?")) {
            delete.setString(1, id);
            delete.executeUpdate();
        }
    }

    private void execute(String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.execute();
        }
    }

    private <T> T run(Work<T> work) {
        try {
            return work.run();
        } catch (SQLException e) {
            throw new RefusedException(file + ": the faces to review cannot be kept: " + e.getMessage());
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
