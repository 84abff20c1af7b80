package io.unmask.detector.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.unmask.detector.verdict.EventFormatException;
import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.TrackJudge;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.Captured;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceLandmarks;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.ConnectionLost;
import io.unmask.ingest.clip.IngestEvent.DamagedSpan;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.FacelessSpan;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.clip.IngestEvent.StateChanged;
import io.unmask.ingest.clip.IngestEvent.TrackEnded;
import io.unmask.ingest.clip.RgbFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClipCodecTest {
    private static final int SIDE = 192;
    private static final int FRAMES = 16;
    private static final int WELL_UNDER_A_MEGABYTE = 500_000;
    private static final Coverage COVERAGE = new Coverage(
            10, 9, 8, 7, 6, 5, 4, 3, 2, 1, List.of(new Coverage.Omitted("video stream 1", "it is a cover picture")));
    private static final JsonSchema SCHEMA = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(ClipCodec.class.getResourceAsStream("clip-v1.json"));

    private final ClipCodec codec = new ClipCodec(picture -> FaceJpeg.encode(picture, 0.95));

    @ParameterizedTest
    @ValueSource(strings = {"3.5", "[1.5,-2.0,0.25]"})
    void shouldGoOnFromTheOneLogitOfADetectorAndFromTheLogitsOfOtherLabels(String logits) {
        String pool = "{\"weighted_logits\":" + logits
                + ",\"weight\":4,\"independent_clips\":1,\"independent_end_micros\":9}";
        String memory =
                "{\"reason_counts\":{},\"suspect\":[],\"frames\":{\"open\":[],\"kept\":[],\"seen\":0,\"stride\":1,"
                        + "\"scored\":0},\"clips\":1,\"judged_clips\":1,\"damaged_at_last_clip\":0,\"whole\":" + pool
                        + ",\"run\":"
                        + pool + "}";

        assertThat(codec.bytes(codec.read(memory.getBytes(StandardCharsets.UTF_8), TrackJudge.Memory.class)))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(memory);
    }

    static Stream<IngestEvent> events() {
        return Stream.of(
                clip(new Random(7)),
                new FacelessSpan(1, 2, COVERAGE),
                new DamagedSpan(1, 2, COVERAGE),
                new TrackEnded(3, 4, 5, TrackEnded.Cause.LEFT, COVERAGE),
                new StateChanged(StateChanged.State.RECONNECTED, "again", 0, 6, COVERAGE),
                new ConnectionLost(0, 7, "no picture", COVERAGE),
                new SourceEnded(0, 8, true, Optional.empty(), COVERAGE),
                new SourceEnded(0, 9, false, Optional.of("it broke off"), COVERAGE));
    }

    @ParameterizedTest
    @MethodSource("events")
    void shouldKeepAllOfAnEventAsTheSchemaSays(IngestEvent event) {
        ClipMessage message = message(event);

        CloudEvent written = codec.event(message);

        String json = new String(written.getData().toBytes(), StandardCharsets.UTF_8);
        assertThat(SCHEMA.validate(json, InputFormat.JSON)).isEmpty();
        assertThat(ClipCodec.reader().clip(written))
                .usingRecursiveComparison()
                .ignoringFields("event.samples.crop.rgb")
                .isEqualTo(message);
    }

    @Test
    void shouldKnowEveryKindOfEvent() {
        assertThat(events().map(Object::getClass).distinct())
                .containsExactlyInAnyOrder(IngestEvent.class.getPermittedSubclasses());
        assertThat(events().map(event -> event.withCoverage(Coverage.NONE)))
                .allSatisfy(event -> assertThat(event.coverage()).isEqualTo(Coverage.NONE));
    }

    @Test
    void shouldBeWellUnderAMegabyte() {
        assertThat(size(new ClipPacker(0.95).pack(message(clip(null))))).isLessThan(WELL_UNDER_A_MEGABYTE);
    }

    @Test
    void shouldLowerTheQualityOfPicturesThatAreTooLarge() {
        ClipMessage noise = message(clip(new Random(1)));
        assertThat(size(codec.event(noise))).isGreaterThan(ClipPacker.MAX_BYTES);

        CloudEvent packed = new ClipPacker(0.95).pack(noise);

        assertThat(size(packed)).isLessThanOrEqualTo(ClipPacker.MAX_BYTES);
        assertThat(ClipCodec.reader().clip(packed).number()).isEqualTo(noise.number());
    }

    private static int size(CloudEvent event) {
        return event.getData().toBytes().length;
    }

    @Test
    void shouldKeepColoursAtFullResolution() throws Exception {
        byte[] rgb = new byte[SIDE * SIDE * 3];
        for (int i = 0; i < SIDE * SIDE; i++) {
            rgb[3 * i + i % 2 * 2] = (byte) 255;
        }

        RgbFrame read = FaceJpeg.decode(FaceJpeg.encode(new RgbFrame(SIDE, SIDE, rgb), 1));

        for (int i = 0; i < rgb.length; i++) {
            assertThat(read.rgb()[i] & 255).as("byte %d", i).isBetween((rgb[i] & 255) - 8, (rgb[i] & 255) + 8);
        }
    }

    @Test
    void shouldRefuseAPictureThatDeclaresMorePixelsThanAFaceHas() {
        byte[] jpeg = FaceJpeg.encode(new RgbFrame(8, 8, new byte[8 * 8 * 3]), 1);
        for (int i = 0; i < jpeg.length - 8; i++) {
            if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xc0) {
                // Height and width of the frame header: 26000 each.
                jpeg[i + 5] = jpeg[i + 7] = 0x65;
                jpeg[i + 6] = jpeg[i + 8] = (byte) 0x90;
            }
        }

        assertThatThrownBy(() -> FaceJpeg.decode(jpeg))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("larger");
    }

    @Test
    void shouldRefuseWhatIsNoClip() {
        CloudEvent other = CloudEventBuilder.v1(codec.event(message(new FacelessSpan(1, 2, COVERAGE))))
                .withType("somebody.elses")
                .build();
        CloudEvent broken = CloudEventBuilder.v1(codec.event(message(new FacelessSpan(1, 2, COVERAGE))))
                .withData("application/json", "{\"stream\":".getBytes(StandardCharsets.UTF_8))
                .build();

        assertThatThrownBy(() -> codec.clip(other)).isInstanceOf(EventFormatException.class);
        assertThatThrownBy(() -> codec.clip(broken)).isInstanceOf(EventFormatException.class);
    }

    private static ClipMessage message(IngestEvent event) {
        return new ClipMessage(
                new Verdict.Stream("door", "2026", "rtsp://camera.example/door"),
                "door",
                Instant.parse("2026-11-29T10:00:00Z"),
                true,
                42,
                new ClipMessage.Cut(
                        SIDE, 1.4, new Rules.Terms(Map.of("clip.hop", "8", "verdict.threshold", ""), Optional.empty())),
                Instant.parse("2026-11-29T10:00:05.125Z"),
                Optional.of(12.5),
                Optional.of(new Captured(1_795_946_405_125_000L, Captured.By.SENDER_REPORT)),
                event);
    }

    /** @param noise none: smooth, as a face is */
    private static FaceClip clip(Random noise) {
        List<FaceSample> samples = IntStream.range(0, FRAMES)
                .mapToObj(i -> {
                    byte[] rgb = new byte[SIDE * SIDE * 3];
                    for (int p = 0; p < rgb.length; p++) {
                        rgb[p] = (byte) (noise == null ? (p / 3 % SIDE + p / 3 / SIDE) / 2 : noise.nextInt(256));
                    }
                    FaceLandmarks.Point point = new FaceLandmarks.Point(i, 0.1);
                    return new FaceSample(
                            i,
                            i * 125_000L,
                            new FaceBox(1.5, 2, 3, 4),
                            i == 0 ? Optional.empty() : Optional.of(new FaceLandmarks(point, point, point, point)),
                            new FaceQuality(80, 0.1 + 0.2, 100, 0.9),
                            new RgbFrame(SIDE, SIDE, rgb));
                })
                .toList();
        return new FaceClip(1, 0, 0, (FRAMES - 1) * 125_000L, samples, COVERAGE);
    }
}
