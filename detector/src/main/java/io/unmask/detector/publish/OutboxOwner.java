package io.unmask.detector.publish;

import io.unmask.config.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who relays an event, so that several processes can share an outbox. Used within the outbox's transactions.
 *
 * <p>An owner is alive while its file is locked. A process id would not do: after a restart, or in a container, another
 * process may have the same.
 */
final class OutboxOwner {
    /** Owners in this process. Their files are never opened again: closing a file would release this process's lock on it. */
    private static final Set<String> OURS = ConcurrentHashMap.newKeySet();

    private final Connection connection;
    private final Path folder;
    private final String id = UUID.randomUUID().toString();
    private FileChannel held;

    /** @param outbox the outbox's file, beside which the owners' locks are */
    OutboxOwner(Connection connection, Path outbox) {
        this.connection = connection;
        this.folder = outbox.resolveSibling(outbox.getFileName() + "-owners");
    }

    String id() {
        return id;
    }

    void register() throws SQLException {
        hold();
        try (PreparedStatement insert = connection.prepareStatement("insert into owner values (?, ?, ?)")) {
            insert.setString(1, id);
            // For people who look into the file.
            insert.setLong(2, ProcessHandle.current().pid());
            insert.setLong(3, System.currentTimeMillis());
            insert.executeUpdate();
        }
    }

    /** Leaves its events to others. */
    void release() throws SQLException {
        delete(id);
        letGo();
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

    /** Gives up the lock; a process that ends does so, too. */
    void letGo() {
        OURS.remove(id);
        try {
            if (held != null) {
                held.close();
            }
            Files.deleteIfExists(lockFile(id));
        } catch (IOException e) {
            throw new OutboxException(lockFile(id) + " cannot be removed: " + e.getMessage(), e);
        }
    }

    private void hold() {
        try {
            PrivateFiles.createDirectories(folder);
            held = FileChannel.open(PrivateFiles.create(lockFile(id)), StandardOpenOption.WRITE);
            OURS.add(id);
            held.lock();
        } catch (IOException e) {
            throw new OutboxException(
                    lockFile(id) + " cannot be locked (" + e
                            + "): set data-directory to a folder that can be written, on a disk that has locks",
                    e);
        }
    }

    private List<String> ended() throws SQLException {
        List<String> ended = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select id from owner")) {
            while (rows.next()) {
                if (!isAlive(rows.getString(1))) {
                    ended.add(rows.getString(1));
                }
            }
        }
        return ended;
    }

    private boolean isAlive(String owner) {
        if (OURS.contains(owner)) {
            return true;
        }
        try (FileChannel channel = FileChannel.open(lockFile(owner), StandardOpenOption.WRITE)) {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                return true;
            }
            Files.deleteIfExists(lockFile(owner));
            return false;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new OutboxException(lockFile(owner) + " cannot be read: " + e, e);
        }
    }

    private Path lockFile(String owner) {
        return folder.resolve(owner + ".lock");
    }

    private void delete(String owner) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from owner where id = ?")) {
            delete.setString(1, owner);
            delete.executeUpdate();
        }
    }
}
