package io.unmask.detector.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StreamIdentityTest {
    @TempDir
    private Path folder;

    @Test
    void shouldNameAFileByItsPathAndItsContent() throws Exception {
        Path file = Files.writeString(folder.resolve("My Interview (2).mp4"), "content");

        Verdict.Stream stream = of(file.toString(), 0);

        assertThat(stream.id()).matches("my-interview-2-mp4-[0-9a-f]{8}");
        assertThat(stream.session()).isEqualTo("ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73");
        assertThat(of(file.toString(), 5)).isEqualTo(stream);
    }

    @Test
    void shouldKeepFilesOfOneNameApart() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));

        assertThat(of(file(folder, "a"), 0).id())
                .isNotEqualTo(of(file(other, "a"), 0).id());
    }

    @Test
    void shouldSeeAChangeInTheMiddleOfAFile() throws Exception {
        String before = of(file(folder, "abc"), 0).session();

        assertThat(of(file(folder, "aXc"), 0).session()).isNotEqualTo(before);
    }

    @Test
    void shouldBeginANewSessionEachTimeThatALiveSourceIsOpened() throws Exception {
        Verdict.Stream first = of("rtsp://user:secret@camera/door", 1);
        Verdict.Stream second = of("rtsp://user:secret@camera/door", 2);

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.session()).isNotEqualTo(first.session());
        assertThat(first.toString()).doesNotContain("secret");
    }

    @Test
    void shouldKeepTheChannelsOfOneRecorderApart() throws Exception {
        assertThat(of("rtsp://nvr/cam?channel=1", 0).id())
                .isNotEqualTo(of("rtsp://nvr/cam?channel=2", 0).id());
        assertThat(of("rtsp://nvr/cam?channel=1&owner=a@b", 0).id())
                .isNotEqualTo(of("rtsp://nvr/cam?channel=2&owner=a@b", 0).id());
    }

    @Test
    void shouldNotDependOnSecrets() throws Exception {
        assertThat(of("rtsp://bob:new@nvr/cam?channel=1&password=old&access_token=1", 0)
                        .id())
                .isEqualTo(of("rtsp://ann:x@nvr/cam?channel=1&password=new&access_token=2", 0)
                        .id());
    }

    private static String file(Path folder, String content) throws IOException {
        return Files.writeString(folder.resolve("video.mp4"), content).toString();
    }

    private static Verdict.Stream of(String source, long second) throws SourceException {
        return StreamIdentity.of(SourceUri.parse(source), Clock.fixed(Instant.ofEpochSecond(second), ZoneOffset.UTC));
    }
}
