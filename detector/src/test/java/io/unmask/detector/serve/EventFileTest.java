package io.unmask.detector.serve;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.unmask.detector.verdict.Outcome;
import io.unmask.detector.verdict.StreamState;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdicts;
import io.unmask.ingest.clip.Coverage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventFileTest {
    @TempDir
    Path folder;

    @Test
    void shouldKeepTheLastEventWhenItLeavesOutVerdictsOnClips() throws IOException {
        EventFile events = new EventFile(folder.resolve("events.json"), 2);
        for (int i = 0; i < 3; i++) {
            events.add(new Outcome.Judged(Verdicts.fake("talk", i)));
        }
        events.add(ended());

        assertThat(ids(events))
                .containsExactly(
                        Verdicts.fake("talk", 0).id(), Verdicts.fake("talk", 1).id(), "the-end");
    }

    /** A full disk leaves half an event. */
    @Test
    void shouldOverwriteAnEventThatWasNotWrittenWhole() throws IOException {
        Path file = folder.resolve("events.json");
        EventFile events = new EventFile(file, 2);
        events.add(new Outcome.Judged(Verdicts.fake("talk", 0)));
        Files.writeString(file, ",{\"half", StandardOpenOption.APPEND);

        assertThat(ids(events)).containsExactly(Verdicts.fake("talk", 0).id());
        events.add(ended());
        assertThat(ids(events)).containsExactly(Verdicts.fake("talk", 0).id(), "the-end");
    }

    private static Outcome ended() {
        Verdict.Stream stream = new Verdict.Stream("talk", "1", "file:/talk.mp4");
        return new Outcome.Changed(
                new StreamState("the-end", stream, 9, StreamState.State.ENDED, "", 0, Instant.EPOCH, Coverage.NONE));
    }

    private static List<String> ids(EventFile events) throws IOException {
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        events.writeArray(array);
        return StreamSupport.stream(
                        new ObjectMapper().readTree(array.toString(UTF_8)).spliterator(), false)
                .map(event -> event.get("id").asText())
                .toList();
    }
}
