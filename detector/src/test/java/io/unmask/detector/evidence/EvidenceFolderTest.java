package io.unmask.detector.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.detector.verdict.Verdicts;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvidenceFolderTest {
    private static final Verdict.Stream STREAM = new Verdict.Stream("door-3", "a1b2", "rtsp://camera/door");
    private static final Snapshot PICTURE = Snapshot.of(
            1_250_000, OptionalDouble.of(0.9), MadeUp.sample(1, 1_250_000).crop());

    @TempDir
    Path data;

    @Test
    void shouldWriteThePictureAndTellItsDigest() throws Exception {
        Verdict.Evidence evidence = new EvidenceFolder(data, Clock.systemUTC()).write(STREAM, 2, PICTURE);

        Path file = data.resolve("evidence/door-3/a1b2-face-2-1250000us.jpg");
        byte[] written = Files.readAllBytes(file);
        assertThat(written).isEqualTo(PICTURE.jpeg());
        assertThat(URI.create(evidence.uri())).isEqualTo(file.toUri());
        assertThat(evidence.mediaType()).isEqualTo("image/jpeg");
        assertThat(evidence.sha256())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(written)));
    }

    @Test
    void shouldGiveTheSameFileWhenWrittenAgain() throws IOException {
        EvidenceFolder folder = new EvidenceFolder(data, Clock.systemUTC());

        assertThat(folder.write(STREAM, 2, PICTURE)).isEqualTo(folder.write(STREAM, 2, PICTURE));
        try (Stream<Path> files = Files.list(data.resolve("evidence/door-3"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void shouldStayInItsFolderWhateverTheStreamIsCalled() throws IOException {
        Verdict.Stream hostile = new Verdict.Stream("../../etc/..", "/", "file:x");

        Verdict.Evidence evidence = new EvidenceFolder(data, Clock.systemUTC()).write(hostile, 1, PICTURE);

        Path file = Path.of(URI.create(evidence.uri())).toRealPath();
        assertThat(file.getParent().getParent())
                .isEqualTo(data.resolve("evidence").toRealPath());
    }

    @Test
    void shouldKeepStreamsApartWhoseNamesDifferInUnsafeCharactersOnly() throws IOException {
        EvidenceFolder folder = new EvidenceFolder(data, Clock.systemUTC());

        assertThat(folder.write(new Verdict.Stream("a/b", "s", "u"), 1, PICTURE).uri())
                .isNotEqualTo(folder.write(new Verdict.Stream("a:b", "s", "u"), 1, PICTURE)
                        .uri());
    }

    @Test
    void shouldSayThatTheDiskDidNotTakeIt() throws IOException {
        Files.writeString(data.resolve("evidence"), "a file where the folder should be");

        assertThatThrownBy(() -> new EvidenceFolder(data, Clock.systemUTC()).write(STREAM, 1, PICTURE))
                .isInstanceOf(IOException.class);
    }

    @Test
    void shouldLeaveNoPictureWhenItsEntryCannotBeWritten() throws IOException {
        Files.writeString(Files.createDirectory(data.resolve("evidence")).resolve("chains"), "no folder");

        assertThatThrownBy(() -> new EvidenceFolder(data, Clock.systemUTC()).write(STREAM, 1, PICTURE))
                .isInstanceOf(IOException.class);

        assertThat(data.resolve("evidence/door-3")).isEmptyDirectory();
    }

    @Test
    void shouldEraseOldFilesThatNoChainNames() throws IOException {
        Instant now = Instant.now();
        EvidenceFolder folder = new EvidenceFolder(data, Clock.fixed(now, ZoneOffset.UTC));
        folder.write(STREAM, 1, PICTURE);
        Path old = file("door-3/picture1.part", now.minusSeconds(200));
        Path oldest = file("attic/a1b2-face-1-0us.jpg", now.minusSeconds(300));
        Path fresh = file("attic/picture2.part", now.minusSeconds(50));

        assertThat(folder.erase(Optional.empty(), now.minusSeconds(100), "old")).isZero();
        assertThat(folder.erase(Optional.of("attic"), now.plusSeconds(1), "what is being written is left"))
                .isZero();

        assertThat(old).doesNotExist();
        assertThat(oldest).doesNotExist();
        assertThat(fresh).exists();
        assertThat(data.resolve("evidence/door-3")).isNotEmptyDirectory();
    }

    @Test
    void shouldNotEraseFilesThatItDidNotWrite() throws IOException {
        Instant now = Instant.now();
        EvidenceFolder folder = new EvidenceFolder(data, Clock.fixed(now, ZoneOffset.UTC));
        folder.write(STREAM, 1, PICTURE);
        Path bundle = file("bundles/door.zip", now.minusSeconds(300));
        Path note = file("door-3/note.jpg", now.minusSeconds(300));
        Path lost = file("lost+found/a1b2-face-1-0us.jpg", now.minusSeconds(300));

        folder.erase(Optional.empty(), now.plusSeconds(1), "old");

        assertThat(List.of(bundle, note, lost))
                .allSatisfy(file -> assertThat(file).exists());
        assertThat(data.resolve("evidence/door-3")).isDirectoryNotContaining("glob:**us.jpg");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../outside.jpg", "..", ".", "/"})
    void shouldNotEraseAFileOutsideOfTheFolderThatAChainNames(String name) throws IOException {
        EvidenceFolder folder = new EvidenceFolder(data, Clock.systemUTC());
        folder.write(STREAM, 1, PICTURE);
        Path outside = Files.createFile(data.resolve("outside.jpg"));
        Path chain = data.resolve("evidence/chains/door-3.jsonl");
        String entry = Files.readString(chain);
        Files.writeString(chain, entry.replaceAll("\"file\":\"[^\"]+\"", "\"file\":\"" + name + "\"") + entry);

        assertThat(folder.erase(Optional.empty(), Instant.now().plusSeconds(1), "old"))
                .isEqualTo(1);

        assertThat(outside).exists();
    }

    /** Skipped for root, who can read every folder. */
    @Test
    void shouldEraseTheOtherPicturesWhenAFolderCannotBeRead() throws IOException {
        EvidenceFolder folder = new EvidenceFolder(data, Clock.systemUTC());
        folder.write(STREAM, 1, PICTURE);
        Path locked = Files.createDirectory(data.resolve("evidence/locked"));
        Files.setPosixFilePermissions(locked, Set.of());
        try {
            assumeThat(Files.isReadable(locked)).isFalse();

            assertThat(folder.erase(Optional.empty(), Instant.now().plusSeconds(1), "old"))
                    .isEqualTo(1);
        } finally {
            Files.delete(locked);
        }
    }

    @Test
    void shouldLeaveAPictureThatIsKeptAgainWhileItIsErased() throws IOException {
        RewritingClock clock = new RewritingClock();
        EvidenceFolder folder = new EvidenceFolder(data, clock);
        Path picture = Path.of(URI.create(folder.write(STREAM, 1, PICTURE).uri()));
        clock.other = Optional.of(new EvidenceFolder(data, Clock.systemUTC()));

        assertThat(folder.erase(Optional.empty(), Instant.now().plusSeconds(1), "old"))
                .isEqualTo(1);

        assertThat(clock.other).isEmpty();
        assertThat(picture).exists();
        assertThat(folder.streams()).singleElement().returns(1, EvidenceFolder.Kept::pictures);
    }

    /** When it is first asked for the time without the chain being locked, it writes the picture, as another process could. */
    private static final class RewritingClock extends Clock {
        private Optional<EvidenceFolder> other = Optional.empty();

        @Override
        public Instant instant() {
            if (!Thread.holdsLock(EvidenceChain.class)) {
                other.ifPresent(folder -> {
                    other = Optional.empty();
                    try {
                        folder.write(STREAM, 1, PICTURE);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            }
            return Instant.now();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }
    }

    private Path file(String name, Instant changed) throws IOException {
        Path file = data.resolve("evidence").resolve(name);
        Files.createDirectories(file.getParent());
        return Files.setLastModifiedTime(Files.writeString(file, "a face"), FileTime.from(changed));
    }

    @Test
    void shouldKeepStreamsWhoseIdsAreNamesOfItsOwnFiles() throws IOException {
        EvidenceFolder folder = new EvidenceFolder(data, Clock.systemUTC());
        for (String id : List.of("chains", "signing-key")) {
            folder.write(new Verdict.Stream(id, "s", "u"), 1, PICTURE);
            folder.keep(List.of(VerdictEvent.of(Verdicts.fake(id, 1))));
        }

        assertThat(folder.streams()).extracting(EvidenceFolder.Kept::stream).containsExactly("chains", "signing-key");
        folder.export("signing-key", new byte[0], OutputStream.nullOutputStream());
        assertThat(folder.erase(Optional.empty(), Instant.now().plusSeconds(1), "old"))
                .isEqualTo(2);
    }
}
