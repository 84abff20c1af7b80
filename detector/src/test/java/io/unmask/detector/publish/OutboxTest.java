package io.unmask.detector.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cloudevents.CloudEvent;
import io.unmask.detector.verdict.EventLine;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutboxTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void setUp() {
        file = folder.resolve("data").resolve("outbox.sqlite");
    }

    @Test
    void shouldGiveEventsBackInTheOrderOfAppending() {
        try (Outbox outbox = Outbox.open(file, 10)) {
            outbox.append(List.of(event("b", 0), event("a", 0)));
            outbox.append(List.of(event("a", 1)));
            assertThat(ids(outbox)).containsExactly("b-CLIP-0", "a-CLIP-0", "a-CLIP-1");
        }
    }

    @Test
    void shouldLeaveAnEventAsItIsWhenItIsAppendedAgain() {
        try (Outbox outbox = Outbox.open(file, 10)) {
            assertThat(outbox.append(List.of(event("a", 0), event("a", 1)))).isEqualTo(2);
            assertThat(outbox.append(List.of(event("a", 1), event("a", 2)))).isEqualTo(1);
            assertThat(ids(outbox)).containsExactly("a-CLIP-0", "a-CLIP-1", "a-CLIP-2");
        }
    }

    @Test
    void shouldForgetWhatIsAcknowledged() {
        try (Outbox outbox = Outbox.open(file, 10)) {
            outbox.append(List.of(event("a", 0), event("a", 1)));
            outbox.acknowledge(outbox.pending(1));
            assertThat(ids(outbox)).containsExactly("a-CLIP-1");
        }
    }

    /** 2 is FULL, which waits for the disk at each commit, 1 is NORMAL, which does not. */
    @Test
    void shouldWaitForTheDiskWhenItAppendsAndNotWhenItRemoves() throws SQLException {
        Outbox.open(file, 10).close();
        try (OutboxConnection appending = OutboxConnection.durable(file);
                OutboxConnection relaying = OutboxConnection.lazy(file)) {
            assertThat(appending.only("pragma synchronous")).isEqualTo("2");
            assertThat(relaying.only("pragma synchronous")).isEqualTo("1");
            assertThat(appending.only("pragma journal_mode")).isEqualTo("wal");
        }
    }

    @Test
    void shouldLoseNothingWhenOneThreadAppendsWhileAnotherRelays() throws Exception {
        int count = 2_000;
        List<String> relayed = new ArrayList<>();
        try (Outbox outbox = Outbox.open(file, 100)) {
            Thread appending = new Thread(() -> LongStream.range(0, count)
                    .forEach(n -> outbox.append(List.of(VerdictEvent.of(Verdicts.noFace("a", n))))));
            appending.start();
            while (appending.isAlive() || outbox.pendingCount() > 0) {
                List<Outbox.Entry> batch = outbox.pending(50);
                batch.forEach(entry -> relayed.add(entry.event().getId()));
                outbox.acknowledge(batch);
            }
        }
        assertThat(relayed)
                .containsExactlyElementsOf(
                        LongStream.range(0, count).mapToObj(n -> "a-TRACK-" + n).toList());
    }

    @Test
    void shouldHandWhatIsLeftToTheNextProcess() {
        try (Outbox outbox = Outbox.open(file, 10)) {
            outbox.append(List.of(event("a", 0)));
        }
        try (Outbox next = Outbox.open(file, 10)) {
            next.append(List.of(event("a", 1)));
            assertThat(ids(next)).containsExactly("a-CLIP-0", "a-CLIP-1");
        }
    }

    @Test
    void shouldLeaveALivingProcessItsEventsWhenTwoShareTheFile() {
        try (Outbox first = Outbox.open(file, 10);
                Outbox second = Outbox.open(file, 10)) {
            first.append(List.of(event("a", 0)));
            second.append(List.of(event("b", 0)));
            assertThat(second.adopt()).isZero();
            assertThat(ids(first)).containsExactly("a-CLIP-0");
            assertThat(ids(second)).containsExactly("b-CLIP-0");
            assertThat(second.pendingCount()).isEqualTo(1);
            assertThat(second.waitingCount()).as("whoever is to relay them").isEqualTo(2);
        }
    }

    @Test
    void shouldAdoptFromAProcessThatHadOurNumber() throws SQLException {
        Outbox.open(file, 10).close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            // As a container that was killed leaves it: each one's process has the same number.
            statement.execute("insert into owner values ('killed', "
                    + ProcessHandle.current().pid() + ", " + System.currentTimeMillis() + ")");
            statement.execute("insert into event (id, owner, event) values ('x', 'killed', '"
                    + new String(EventLine.of(event("a", 0)), UTF_8).replace("'", "''") + "')");
        }
        try (Outbox outbox = Outbox.open(file, 10)) {
            assertThat(ids(outbox)).containsExactly("a-CLIP-0");
        }
    }

    @Test
    void shouldLeaveNoLockBehind() throws IOException {
        Outbox.open(file, 10).close();

        assertThat(file.resolveSibling("outbox.sqlite-owners")).isEmptyDirectory();
    }

    @Test
    void shouldBeReadableByItsUserAlone() throws IOException {
        try (Outbox outbox = Outbox.open(file, 10)) {
            outbox.append(List.of(event("a", 0)));
            assertThat(Files.getPosixFilePermissions(file.getParent()))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            try (Stream<Path> files = Files.walk(file.getParent())) {
                assertThat(files.filter(Files::isRegularFile))
                        .hasSizeGreaterThan(2)
                        .allSatisfy(one -> assertThat(Files.getPosixFilePermissions(one))
                                .as(one.toString())
                                .isEqualTo(PosixFilePermissions.fromString("rw-------")));
            }
        }
    }

    @Test
    void shouldRefuseAndLoseNothingWhenTheLimitIsReached() {
        try (Outbox outbox = Outbox.open(file, 1)) {
            List<String> accepted = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (int n = 0; ; n++) {
                            outbox.append(List.of(event("a", n)));
                            accepted.add("a-CLIP-" + n);
                        }
                    })
                    .isInstanceOf(OutboxFullException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("outbox.max-megabytes");
            assertThat(ids(outbox)).isEqualTo(accepted);
            outbox.acknowledge(outbox.pending(accepted.size() / 2));
            assertThat(outbox.append(List.of(event("b", 0)))).isEqualTo(1);
        }
    }

    @Test
    void shouldSayThatTheDiskIsFullAndKeepWhatWasCommitted() throws SQLException {
        try (Outbox outbox = Outbox.open(file, 10)) {
            outbox.append(List.of(event("a", 0)));
            // SQLite's own limit gives the same SQLITE_FULL as a full disk.
            outbox.limitPages(1);
            List<CloudEvent> many =
                    LongStream.range(1, 100).mapToObj(n -> event("a", n)).toList();
            assertThatThrownBy(() -> outbox.append(many))
                    .isExactlyInstanceOf(OutboxException.class)
                    .hasMessageStartingWith("the disk is full: outbox " + file);
            assertThat(ids(outbox)).containsExactly("a-CLIP-0");
        }
    }

    @Test
    void shouldNameTheFileWhenItIsNoDatabase() throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "this is not SQLite, not even nearly".repeat(100));
        assertThatThrownBy(() -> Outbox.open(file, 10))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("outbox " + file + " is damaged")
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldNameTheFileWhenItsPagesAreDamaged() throws IOException {
        try (Outbox outbox = Outbox.open(file, 10)) {
            for (int n = 0; n < 50; n++) {
                outbox.append(List.of(event("a", n)));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        Arrays.fill(bytes, 4096, bytes.length, (byte) 0xA5);
        Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
        assertThatThrownBy(() -> Outbox.open(file, 10))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("outbox " + file + " is damaged")
                .hasMessageNotContaining("\n");
    }

    @Test
    void shouldSayWhatToDoWhenTheFolderCannotBeMade() throws IOException {
        Files.writeString(folder.resolve("data"), "a file where the folder should be");
        assertThatThrownBy(() -> Outbox.open(file, 10))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("set data-directory");
    }

    @Test
    void shouldRefuseTheFileOfANewerVersion() throws SQLException {
        Outbox.open(file, 10).close();
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("pragma user_version = 99");
        }
        assertThatThrownBy(() -> Outbox.open(file, 10)).hasMessageContaining("newer unmask (format 99)");
    }

    private static CloudEvent event(String stream, long n) {
        return VerdictEvent.of(Verdicts.fake(stream, n));
    }

    private static List<String> ids(Outbox outbox) {
        return outbox.pending(10_000).stream()
                .map(entry -> entry.event().getId())
                .toList();
    }
}
