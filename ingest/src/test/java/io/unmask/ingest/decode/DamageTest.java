package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nothing between damage and the next key frame is shown, whatever FFmpeg says about it. */
class DamageTest {
    private static final int RATE = 25;
    private static final long FRAME_MICROS = 1_000_000 / RATE;
    private static final int FRAMES = 60;

    private static final int FLV_HEAD_BYTES = 13;
    private static final int FLV_VIDEO = 9;

    private static final String H264 = "-c:v libx264 -x264-params scenecut=0:keyint=20:min-keyint=20:bframes=0";

    @TempDir
    Path folder;

    /** @param shown times of the pictures that were handed out, and damaged those of the moments in which none could be */
    private record Seen(List<Long> shown, List<Long> damaged, Counts counts) {}

    @ParameterizedTest
    @ValueSource(ints = {1, 3}) // by one thread, and by several at once
    void shouldShowNothingFromALostPacketToTheNextKeyFrame(int threads) throws Exception {
        Path lossy = PacketCopy.of(video(H264), folder.resolve("lossy.mp4"), PacketCopy.losing(25));

        Seen seen = see(lossy, threads);

        assertThat(seen.shown()).isEqualTo(frames(0, 24, 40, 59));
        assertThat(seen.counts()).isEqualTo(new Counts(59, 45, 1, 14, 0, 0, List.of()));
        assertThat(seen.damaged()).isNotEmpty().allMatch(time -> time > 25 * FRAME_MICROS && time < 40 * FRAME_MICROS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldShowNothingFromAGarbledPacketToTheNextKeyFrame(int threads) throws Exception {
        Path garbled = PacketCopy.of(video(H264), folder.resolve("garbled.mkv"), PacketCopy.garbling(25));

        Seen seen = see(garbled, threads);

        assertThat(seen.shown()).isEqualTo(frames(0, 24, 40, 59));
        assertThat(seen.counts().damaged()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({
        "lost.mkv,   -c:v libx265 -x265-params log-level=none:scenecut=0:keyint=20:min-keyint=20:bframes=0",
        "lost.ts,    -c:v mpeg2video -g 20 -bf 0 -sc_threshold 1000000000",
        "lost.avi,   -c:v mpeg4 -g 20 -bf 0 -sc_threshold 1000000000",
        "lost.webm,  -c:v libvpx -g 20 -auto-alt-ref 0 -lag-in-frames 0 -deadline realtime",
        "lost.webm,  -c:v libvpx-vp9 -g 20 -auto-alt-ref 0 -lag-in-frames 0 -deadline realtime -cpu-used 8",
    })
    void shouldNoticeALostPacketWhateverTheCodec(String copy, String codec) throws Exception {
        Path lossy = PacketCopy.of(video(codec), folder.resolve(copy), PacketCopy.losing(25));

        Seen seen = see(lossy, 2);

        assertThat(seen.shown()).doesNotContainAnyElementsOf(frames(25, 39)).containsAll(frames(0, 23, 41, 58));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                H264,
                "-c:v libx264 -g 20 -bf 3",
                "-c:v libx264 -g 20 -bf 3 -x264-params open-gop=1:b-pyramid=normal",
                "-c:v libx264 -x264-params intra-refresh=1:keyint=20",
                "-c:v libx264 -pix_fmt yuv444p -g 20",
                "-c:v libx264 -flags +ildct+ilme -g 20",
                "-c:v libx265 -x265-params log-level=none:keyint=20",
                "-c:v libx265 -x265-params log-level=none:keyint=20:open-gop=1:bframes=4",
                "-c:v mpeg2video -g 12 -bf 2",
                "-c:v mpeg4 -g 12 -bf 2",
                "-c:v libvpx-vp9 -g 20 -deadline realtime -cpu-used 8",
                "-c:v libaom-av1 -g 20 -cpu-used 8 -usage realtime",
                "-c:v mjpeg",
                "-c:v flv1 -g 12",
                "-c:v wmv2 -g 12",
            })
    void shouldDoubtNothingInACleanFile(String codec) throws Exception {
        Seen seen = see(video(codec), 2);

        assertThat(seen.counts()).isEqualTo(new Counts(FRAMES, FRAMES, 0));
        assertThat(seen.damaged()).isEmpty();
    }

    @Test
    void shouldDoubtNothingInAFileOfVaryingRate() throws Exception {
        String varying = "-c:v libx264 -g 20 -vf select='not(between(n\\,22\\,30))' -fps_mode vfr";

        Seen seen = see(video(varying), 2);

        assertThat(seen.counts()).isEqualTo(new Counts(FRAMES, FRAMES, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"repeated.ogv", "repeated.nut"})
    void shouldNotTakeAPacketWithoutBytesForDamage(String copy) throws Exception {
        Path repeated = PacketCopy.of(video("-c:v libtheora -g 20 -q:v 7"), folder.resolve(copy), (index, packet) -> {
            packet.size(index == 25 ? 0 : packet.size());
            return true;
        });

        Seen seen = see(repeated, 2);

        assertThat(seen.counts()).isEqualTo(new Counts(FRAMES - 1, FRAMES - 1, 0));
        assertThat(seen.shown()).doesNotContain(25 * FRAME_MICROS).contains(26 * FRAME_MICROS, 59 * FRAME_MICROS);
    }

    @Test
    void shouldDoubtNothingWhenAStreamGoesOnUnderAnotherHeader() throws Exception {
        Path first = flv("first.flv", "ref=16"); // numbers pictures with more bits
        Path second = flv("second.flv", "ref=1");
        Path both = Files.write(folder.resolve("both.flv"), Files.readAllBytes(first));
        Files.write(both, laterTags(Files.readAllBytes(second), FRAMES * 1_000 / RATE), StandardOpenOption.APPEND);

        Seen seen = see(both, 2);

        assertThat(seen.counts()).isEqualTo(new Counts(2 * FRAMES, 2 * FRAMES, 0));
        assertThat(seen.damaged()).isEmpty();
    }

    private Path flv(String name, String settings) throws Exception {
        return FfmpegTool.make(
                folder.resolve(name),
                "-f lavfi -i testsrc2=size=320x240:rate=" + RATE + " -frames:v " + FRAMES
                        + " -c:v libx264 -bf 0 -g 20 -x264-params " + settings);
    }

    /** The video and its header, without the file's own head and description, for what stands behind another file. */
    private static byte[] laterTags(byte[] flv, int millis) {
        ByteArrayOutputStream later = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.wrap(flv);
        for (int at = FLV_HEAD_BYTES; at < flv.length; ) {
            int length = (in.getInt(at) & 0xffffff) + 15; // with its own head, and the length that follows
            in.putInt(
                    at + 4, ((in.getInt(at + 4) >>> 8) + millis) << 8); // three bytes of time, and a fourth above them
            if (flv[at] == FLV_VIDEO) {
                later.write(flv, at, length);
            }
            at += length;
        }
        return later.toByteArray();
    }

    @Test
    void shouldDoubtNoMoreThanAGroupOfPicturesWhenTheRateDropsForGood() throws Exception {
        String dropping = "-c:v libvpx -g 10 -keyint_min 10 -deadline realtime -auto-alt-ref 0 -lag-in-frames 0"
                + " -vf select='lt(n\\,25)+not(mod(n\\,2))' -fps_mode vfr";

        Seen seen = see(video(dropping), 2);

        assertThat(seen.counts().decoded()).isEqualTo(FRAMES);
        assertThat(seen.shown())
                .hasSize((int) (FRAMES - seen.counts().tainted()))
                .containsAll(frames(0, 24));
        assertThat(seen.counts().tainted()).isLessThanOrEqualTo(10);
    }

    @Test
    void shouldTrustLeadingPicturesOfTheNextGroupOnlyWhereBothGroupsAreWhole() throws Exception {
        String open = "-c:v libx264 -x264-params scenecut=0:keyint=20:min-keyint=20:bframes=2:b-adapt=0:open-gop=1";
        Path lossy = PacketCopy.of(video(open), folder.resolve("lossy.mkv"), PacketCopy.losing(25));

        Seen seen = see(lossy, 2);

        assertThat(seen.shown()).doesNotContainAnyElementsOf(frames(28, 39)).containsAll(frames(0, 23, 40, 59));
    }

    @Test
    void shouldTrustAStreamThatIsRenewedPartByPartAfterAWholeRenewal() throws Exception {
        Path whole = video("-c:v libx264 -x264-params intra-refresh=1:keyint=15:bframes=0");
        Path lossy = PacketCopy.of(whole, folder.resolve("lossy.mkv"), PacketCopy.losing(16));

        Seen seen = see(lossy, 2);

        assertThat(seen.shown()).containsAll(frames(0, 15)).doesNotContainAnyElementsOf(frames(17, 44));
        assertThat(seen.shown()).contains(59 * FRAME_MICROS);
    }

    @Test
    void shouldTrustNothingBeforeTheFirstKeyFrameOfARecordingThatBeginsAmidOthers() throws Exception {
        Path begun = PacketCopy.of(video(H264), folder.resolve("begun.ts"), (index, packet) -> index >= 5);

        Seen seen = see(begun, 2);

        assertThat(seen.shown()).hasSize(40);
        assertThat(seen.counts().tainted()).isEqualTo(15);
    }

    private Path video(String codec) throws Exception {
        String name = codec.contains("vp9") || codec.contains("av1") ? "whole.mkv" : "whole.nut";
        return FfmpegTool.make(
                folder.resolve(name),
                "-f lavfi -i testsrc2=size=320x240:rate=" + RATE + " -frames:v " + FRAMES + " " + codec);
    }

    private static List<Long> frames(int... fromTo) {
        List<Long> times = new ArrayList<>();
        for (int i = 0; i < fromTo.length; i += 2) {
            LongStream.rangeClosed(fromTo[i], fromTo[i + 1])
                    .map(frame -> frame * FRAME_MICROS)
                    .forEach(times::add);
        }
        return times;
    }

    private static Seen see(Path file, int threads) throws SourceException {
        List<Long> shown = new ArrayList<>();
        List<Long> damaged = new ArrayList<>();
        var settings = new io.unmask.config.Settings.Source(
                RATE, threads, 20_000, 0, 7680L * 4320, 200_000, 0, false, 0, false);
        try (FrameSource source = FrameSources.open(new SourceUri(SourceUri.Kind.FILE, file.toString()), settings)) {
            for (Optional<SampledPicture> next = source.next(); next.isPresent(); next = source.next()) {
                (next.get().shown().isPresent() ? shown : damaged)
                        .add(next.get().timeMicros());
            }
            return new Seen(shown, damaged, source.counts());
        }
    }
}
