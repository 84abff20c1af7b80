package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdicts;
import io.unmask.ingest.clip.Coverage;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SourceLinesTest {
    private final SourceLines lines = new SourceLines(false);

    @Test
    void shouldSayWhatTimeThereWasNothingToSeeOf() {
        SourceLines lines = new SourceLines(false);
        Coverage coverage = new Coverage(400, 80, 80, 2, 61, 0, 0, 0, 1, 90_040_000, List.of());
        StreamState ended =
                new StreamState("id", stream("today"), 2, StreamState.State.ENDED, "", 0, Instant.EPOCH, coverage);

        assertThat(lines.end(ended))
                .endsWith(
                        "  @|yellow no pictures|@ for 90.0 s, in 1 gap",
                        "  @|yellow not judged|@: 61 frames between damage and the next key frame");
    }

    @Test
    void shouldCountTheFacesOfOneSessionAlone() {
        lines.add(face("yesterday"));
        assertThat(line("yesterday")).contains("1 face,");

        lines.add(face("today"));
        assertThat(line("today")).contains("1 face,");
        assertThat(line("tomorrow")).contains("no face found").doesNotContain("p_fake");
    }

    @Test
    void shouldNameWhatOfTheSourceWasNotLookedAt() {
        StreamState ended = new StreamState(
                "id",
                stream("today"),
                2,
                StreamState.State.ENDED,
                "",
                0,
                Instant.EPOCH,
                new Coverage(
                        1, 1, 1, 0, 0, 0, 0, 0, 0, 0, List.of(new Coverage.Omitted("video stream 1", "extract it"))));

        assertThat(lines.end(ended)).endsWith("  @|yellow not looked at|@: video stream 1: extract it");
    }

    @Test
    void shouldAccountForASourceOfWhichAPartWasNotLookedAt() {
        SourceLines accounting = new SourceLines(true);
        Coverage coverage = new Coverage(
                9, 9, 9, 2, 61, 0, 0, 0, 0, 0, List.of(new Coverage.Omitted("video stream 1", "extract it")));
        accounting.add(face("today"));
        accounting.end(
                new StreamState("id", stream("today"), 2, StreamState.State.ENDED, "", 0, Instant.EPOCH, coverage));

        assertThat(accounting.table().get(1))
                .startsWith("partly ")
                .endsWith("rtsp://camera  damaged: 2 packets or frames could not be decoded; "
                        + "61 frames after damage were not judged; not looked at: video stream 1");
    }

    @Test
    void shouldAccountForWhatMayHideTheFaceOfASourceWithoutOne() {
        SourceLines accounting = new SourceLines(true);
        Coverage coverage = new Coverage(9, 9, 0, 2, 0, 0, 0, 0, 0, 0, List.of());
        accounting.end(
                new StreamState("id", stream("today"), 2, StreamState.State.ENDED, "", 0, Instant.EPOCH, coverage));

        assertThat(accounting.table().get(1))
                .startsWith("not judged ")
                .endsWith("rtsp://camera  no face found; damaged: 2 packets or frames could not be decoded");
    }

    private String line(String session) {
        return lines.end(ended(session)).get(0);
    }

    private static Verdict face(String session) {
        return Verdicts.fakeTrack(stream(session));
    }

    private static StreamState ended(String session) {
        return new StreamState(
                "id",
                stream(session),
                2,
                StreamState.State.ENDED,
                "",
                0,
                Instant.EPOCH,
                new Coverage(1, 1, 1, 0, 0, 0));
    }

    private static Verdict.Stream stream(String session) {
        return new Verdict.Stream("camera", session, "rtsp://camera");
    }
}
