package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.Coverage.Omitted;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherStreamTest {
    private static final String TWO = "-f lavfi -i testsrc2=size=96x64:rate=25:duration=1"
            + " -f lavfi -i testsrc=size=64x48:rate=25:duration=1 -map 0:v -map 1:v -c:v mpeg2video -threads 1";

    @TempDir
    Path folder;

    private List<Omitted> omitted(Path file) throws SourceException {
        return Sources.drain(file, 8).counts().omitted();
    }

    @Test
    void shouldNameASecondVideoTrack() throws Exception {
        for (String name : List.of("v.mp4", "v.mkv", "v.ts")) {
            assertThat(omitted(FfmpegTool.make(folder.resolve(name), TWO)))
                    .containsExactly(new Omitted(
                            "video stream 1 (mpeg2video, 64x48)",
                            "one video stream of a source is judged; to judge this one, extract it:"
                                    + " ffmpeg -i IN -map 0:1 -c copy OUT"));
        }
    }

    @Test
    void shouldNameTheVideoOfASecondProgram() throws Exception {
        Path file =
                FfmpegTool.make(folder.resolve("v.ts"), TWO, "-program title=a:st=0 -program title=b:st=1 -f mpegts");
        assertThat(omitted(file)).extracting(Omitted::what).containsExactly("video stream 1 (mpeg2video, 64x48)");
    }

    @Test
    void shouldNameAVideoThatATransportStreamBeginsLate() throws Exception {
        Path one = FfmpegTool.make(
                folder.resolve("one.ts"),
                "-f lavfi -i testsrc2=size=640x480:rate=25:duration=40 -b:v 3M -c:v mpeg2video");
        Path two = FfmpegTool.make(folder.resolve("two.ts"), TWO);
        byte[] first = Files.readAllBytes(one);
        assertThat(first.length).as("beyond what FFmpeg probes").isGreaterThan(6_000_000);
        Path both = Files.write(folder.resolve("both.ts"), first);
        Files.write(both, Files.readAllBytes(two), StandardOpenOption.APPEND);

        assertThat(omitted(both)).extracting(Omitted::what).anyMatch(what -> what.startsWith("video stream 1 ("));
    }

    @Test
    void shouldNameTheVideoBehindAnotherInOneFile() throws Exception {
        for (String flags : List.of("-threads 1", "-movflags +faststart")) {
            Path one = FfmpegTool.make(folder.resolve("v.mp4"), "-f lavfi -i testsrc2=size=96x64:duration=1", flags);
            Path both = Files.write(folder.resolve("both.mp4"), Files.readAllBytes(one));
            Files.write(both, Files.readAllBytes(one), StandardOpenOption.APPEND);

            assertThat(omitted(both))
                    .containsExactly(new Omitted(
                            "a second video behind the first",
                            "only the first video of a file is judged; split the file"));
        }
    }

    @Test
    void shouldNameACoverPicture() throws Exception {
        Path cover = FfmpegTool.make(folder.resolve("c.jpg"), "-f lavfi -i color=red:size=64x64 -frames:v 1");
        Path film = TestVideo.of(9).write(folder.resolve("f.mp4"));
        Path both = FfmpegTool.make(
                folder.resolve("v.mp4"),
                "-i " + film + " -i " + cover + " -map 0 -map 1 -c copy -disposition:v:1 attached_pic");
        assertThat(omitted(both))
                .containsExactly(new Omitted("attached picture, stream 1 (mjpeg, 64x64)", "a picture is no video"));
    }

    @Test
    void shouldNameNothingWhenThereIsOneVideoAndSound() throws Exception {
        Path file = FfmpegTool.make(
                folder.resolve("v.mp4"),
                "-f lavfi -i testsrc2=size=96x64:rate=25:duration=1 -f lavfi -i sine=duration=1 -c:v mpeg4");
        assertThat(omitted(file)).isEmpty();
    }
}
