package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceUriTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "talk.mp4, FILE, talk.mp4",
        "talk: part 2.mp4, FILE, talk: part 2.mp4",
        "file:///videos/a%20b.mp4, FILE, /videos/a b.mp4",
        "webcam:0, WEBCAM, /dev/video0",
        "screen::1, SCREEN, :1",
        "screen:far.example:0.1#0x2a00003, SCREEN, far.example:0.1#0x2a00003",
        "udp://239.0.0.1:5004, UDP, udp://239.0.0.1:5004",
        "rtsp://cam/1, RTSP, rtsp://cam/1",
        "RTSPS://cam/1, RTSP, RTSPS://cam/1",
        "rtmp://host/app/live, RTMP, rtmp://host/app/live",
        "https://host/v.mp4, HTTP, https://host/v.mp4"
    })
    void shouldTellTheKindsApart(String text, SourceUri.Kind kind, String location) throws Exception {
        assertThat(SourceUri.parse(text)).isEqualTo(new SourceUri(kind, location));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ftp://user:secret@host/v.mp4",
                "webcam:",
                "webcam:x",
                "screen:x y",
                "screen::1#window",
                "udp://239.0.0.1",
                "rtsp:///x",
                "file:x y",
                "rtsp://cam:99999/1",
                "http://a:secret@cam:0/",
                "rtmp://cam:80x/live",
                "https://[::1]:70000/v.mp4",
                "http://cam:-1"
            })
    void shouldRefuseWithOneLineWhenTheTextIsNoSource(String text) {
        assertThatThrownBy(() -> SourceUri.parse(text))
                .isInstanceOf(SourceException.class)
                .hasMessageStartingWith("source ")
                .message()
                .doesNotContain("secret", "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "rtsp://user:pass@cam:554/ch1?token=abc#x, rtsp://cam:554/ch1",
        "rtsp://user:p@ss/w@cam/ch1, rtsp://***",
        "rtsp://user:p?ss@cam/ch1, rtsp://***",
        "http://host/v.mp4?mail=a@b, http://***",
        "http://host/v.mp4, http://host/v.mp4",
        "https://video.example/@anna/live.m3u8, https://video.example/@anna/live.m3u8",
        "https://user@video.example/@anna/live.m3u8, https://video.example/@anna/live.m3u8",
        "https://user:pass@video.example/@anna/live.m3u8, https://***",
        "https://video.example:8080/@anna/live.m3u8, https://***",
        "rtsp://user:1/2@cam/ch1, rtsp://***",
        "http://c2Vj/cmV0@cam/ch1, http://***"
    })
    void shouldShowTheAddressWithoutItsSecrets(String text, String shown) throws Exception {
        assertThat(SourceUri.parse(text).redacted()).isEqualTo(shown);
        assertThat(SourceUri.parse(text)).hasToString(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rtsp://cam:554",
                "http://[::1]:8080/a:b",
                "http://[fe80::1]/v.mp4",
                "http://cam:/v.mp4",
                "rtsp://u:p@cam/x:y"
            })
    void shouldTakeEveryPortThatThereIs(String text) throws Exception {
        assertThat(SourceUri.parse(text).location()).isEqualTo(text);
    }

    @Property
    void shouldNeverShowPasswordOrToken(@ForAll @StringLength(max = 12) String password, @ForAll String token)
            throws Exception {
        String marked = "s3cret" + password + "s3cret";
        SourceUri uri = SourceUri.parse("rtsp://admin" + ":" + marked + "@camera/live?key=t0ken" + token + "t0ken");

        assertThat(uri.redacted()).doesNotContain("s3cret", "t0ken", "admin");
    }

    @Property
    void shouldNeverShowAQuery(@ForAll String token) throws Exception {
        Assume.that(!token.isEmpty());
        SourceUri uri = SourceUri.parse("https://host/v.mp4?t0ken" + token + "t0ken");

        assertThat(uri.redacted()).doesNotContain("t0ken");
    }

    @Test
    void shouldFindTheVideosOfAFolderSortedAndInSubfolders() throws Exception {
        Files.createDirectory(folder.resolve("b"));
        for (String name : List.of("c.MP4", "b/z.mkv", "a.webm", "notes.txt", ".hidden.mp4", "thumb.jpg")) {
            Files.write(folder.resolve(name), new byte[] {1});
        }

        assertThat(SourceList.of(List.of(folder.toString(), "webcam:1")).sources())
                .extracting(SourceUri::location)
                .containsExactly(
                        folder + "/a.webm", folder.resolve("b/z.mkv").toString(), folder + "/c.MP4", "/dev/video1");
    }

    @Test
    void shouldFindAVideoInAFolderWhateverItsName() throws Exception {
        Path video = TestVideo.of(3).write(folder.resolve("v.mkv"));
        for (String name : List.of("bare", "x.dat")) {
            Files.copy(video, folder.resolve(name));
        }
        Files.writeString(folder.resolve("notes"), "dear diary");

        SourceList list = SourceList.of(List.of(folder.toString()));

        assertThat(list.sources())
                .extracting(SourceUri::location)
                .containsExactly(folder + "/bare", folder + "/v.mkv", folder + "/x.dat");
        assertThat(list.skipped())
                .containsExactly(
                        new SourceList.Skipped(folder + "/notes", folder + "/notes: a text, not a video", false));
    }

    @Test
    void shouldSayWhatIsMissing() throws Exception {
        assertThat(reasons(folder + "/none.mp4"))
                .containsExactly("source " + folder + "/none.mp4: no such file or folder; check the path");
        assertThat(reasons(folder.toString()))
                .singleElement()
                .asString()
                .startsWith(
                        "source " + folder + ": no video file in this folder; looked into all, and for 3g2, 3gp, avi");
    }

    @Test
    void shouldSayWhyThereIsNoSuchFile() throws Exception {
        Path video = Files.createFile(folder.resolve("a.mp4"));
        Path loop = Files.createSymbolicLink(folder.resolve("loop.mp4"), folder.resolve("loop.mp4"));
        String longName = folder + "/" + "x".repeat(300);

        assertThat(reasons(video + "/b.mp4"))
                .containsExactly("source " + video + "/b.mp4: cannot be read: Not a directory");
        assertThat(reasons(longName)).containsExactly("source " + longName + ": cannot be read: File name too long");
        assertThat(reasons(loop.toString()))
                .singleElement()
                .asString()
                .startsWith("source " + loop + ": cannot be read: Too many levels of symbolic links");
    }

    @Test
    void shouldFollowALinkToAFolderThatIsNamed() throws Exception {
        Path real = Files.createDirectory(folder.resolve("real")).toRealPath();
        Files.write(real.resolve("a.mp4"), new byte[] {1});
        Path linked = Files.createSymbolicLink(folder.resolve("linked"), real);

        SourceList list = SourceList.of(List.of(linked.toString(), real.toString()));

        assertThat(list.sources())
                .extracting(SourceUri::location)
                .containsExactly(real.resolve("a.mp4").toString());
        assertThat(list.skipped()).isEmpty();
    }

    @Test
    void shouldSayWhichFolderCannotBeRead() throws Exception {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        assumeThat(Files.isReadable(closed))
                .as("the user may read everything: not a test for root")
                .isFalse();

        assertThat(reasons(folder.toString()))
                .containsExactly("source " + closed + ": cannot be read: no permission to read it");
    }

    @Test
    void shouldTakeWhatItCanAndNameEachOtherEntryWithItsReason() throws Exception {
        Path video = Files.createFile(folder.resolve("a.mp4"));
        Path notes = Files.createFile(folder.resolve("notes.txt"));
        Path linked = Files.createSymbolicLink(folder.resolve("linked"), Files.createDirectory(folder.resolve("real")));
        Path dangling = Files.createSymbolicLink(folder.resolve("gone.mp4"), folder.resolve("nowhere"));
        Path loop = Files.createSymbolicLink(folder.resolve("loop.mp4"), folder.resolve("loop.mp4"));

        SourceList list = SourceList.of(List.of(folder.toString(), folder + "/none.mp4", video.toString()));

        assertThat(list.sources()).extracting(SourceUri::location).containsExactly(video.toString());
        assertThat(list.skipped())
                .containsExactly(
                        new SourceList.Skipped(dangling.toString(), "source " + dangling + ": a link to nothing", true),
                        new SourceList.Skipped(
                                linked.toString(),
                                "source " + linked + ": a link to a folder is not followed; name the folder itself",
                                true),
                        new SourceList.Skipped(loop.toString(), "source " + loop + ": a link to nothing", true),
                        new SourceList.Skipped(
                                notes.toString(),
                                notes + ": " + MediaKind.of(notes).words(),
                                false),
                        new SourceList.Skipped(
                                folder + "/none.mp4",
                                "source " + folder + "/none.mp4: no such file or folder; check the path",
                                true));
    }

    @Test
    void shouldReportASourceThatCannotBeToldFromAnother() throws Exception {
        SourceList list = SourceList.of(List.of(
                "rtsp://cam1:s3cret@nvr/live",
                "rtsp://cam2:s3cret@nvr/live",
                "http://nvr/v?streamkey=front",
                "http://nvr/v?streamkey=back",
                "http://nvr/v?streamkey=back&camera=2",
                "http://nvr/v?streamkey=front"));

        assertThat(list.sources())
                .extracting(SourceUri::location)
                .containsExactly(
                        "rtsp://cam1:s3cret@nvr/live",
                        "http://nvr/v?streamkey=front",
                        "http://nvr/v?streamkey=back&camera=2");
        assertThat(list.skipped())
                .extracting(SourceList.Skipped::entry)
                .as("what becomes of it is not told of the one that is read")
                .containsExactly("rtsp://nvr/live (again)", "http://nvr/v (again)");
        assertThat(list.skipped())
                .extracting(SourceList.Skipped::reason)
                .allMatch(
                        reason -> reason.matches(
                                "source (rtsp://nvr/live|http://nvr/v): differs from another source by nothing but its user, or.*"));
        assertThat(list.skipped()).allMatch(SourceList.Skipped::trouble);
    }

    @Test
    void shouldPassOverHiddenFolders() throws Exception {
        Path root = Files.createDirectory(folder.resolve(".videos"));
        Path copying = Files.createDirectory(root.resolve(".~tmp~"));
        Path video = Files.createFile(root.resolve("a.mp4"));
        Files.createFile(copying.resolve("b.mp4"));

        SourceList list = SourceList.of(List.of(root.toString()));

        assertThat(list.sources()).extracting(SourceUri::location).containsExactly(video.toString());
        assertThat(list.skipped())
                .containsExactly(new SourceList.Skipped(
                        copying.toString(), copying + ": hidden; name it by itself to have it judged", false));
    }

    @Test
    void shouldTellFilesApartWhosePathsGoBackBehindALink() throws Exception {
        Path real = folder.toRealPath();
        Path videos = Files.createDirectories(real.resolve("disk/videos"));
        Files.createSymbolicLink(real.resolve("linked"), videos);
        Files.createFile(real.resolve("a.mp4"));
        Path behind = Files.createFile(real.resolve("disk/a.mp4"));
        Path plain = Files.createFile(real.resolve("disk/b.mp4"));

        assertThat(SourceUri.parse(real + "/linked/../a.mp4").identity()).isEqualTo(behind.toString());
        assertThat(SourceUri.parse(real + "/linked/../b.mp4").identity()).isEqualTo(plain.toString());
        assertThat(SourceUri.parse(videos + "/../a.mp4").identity()).isEqualTo(behind.toString());
    }

    private static List<String> reasons(String word) throws SourceException {
        return SourceList.of(List.of(word)).skipped().stream()
                .map(SourceList.Skipped::reason)
                .toList();
    }
}
