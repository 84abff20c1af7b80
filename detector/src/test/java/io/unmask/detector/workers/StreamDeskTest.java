package io.unmask.detector.workers;

import static org.assertj.core.api.Assertions.assertThat;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.unmask.detector.pipeline.ScoringWorker;
import io.unmask.detector.publish.ClipGroup;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.FaceWitness;
import io.unmask.detector.verdict.Locator;
import io.unmask.detector.verdict.Rules;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.VerdictEvent;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import io.unmask.ingest.clip.IngestEvent.FacelessSpan;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.model.score.ClipScorer;
import io.unmask.model.score.TinyModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StreamDeskTest {
    private static final Verdict.Stream FILE = new Verdict.Stream("file", "digest", "file:a.mp4");
    private static final String KEY = "file/digest";
    private static final IngestEvent FACELESS = new FacelessSpan(0, 1, Coverage.NONE);
    private static final IngestEvent END = new SourceEnded(0, 2, false, Optional.empty(), Coverage.NONE);

    private static final MovingClock CLOCK = new MovingClock();
    private static ServingModel model;
    private static ClipScorer scorer;

    private final List<Verdict.Stream> forgotten = new ArrayList<>();
    private StreamDesk desk;

    @BeforeAll
    static void load(@TempDir Path folder) throws Exception {
        Map<String, String> values =
                WorkerProcess.settings(folder.resolve("data"), TinyModel.write(folder.resolve("tiny")), Map.of());
        model = ServingModel.open(WorkerProcess.settings(values), CLOCK);
        scorer = model.load();
    }

    @AfterAll
    static void close() {
        scorer.close();
    }

    @BeforeEach
    void open() {
        desk = desk();
    }

    private StreamDesk desk() {
        return new StreamDesk(
                model, new ScoringWorker(scorer, model.rules(), new Witness(), new SimpleMeterRegistry()));
    }

    @Test
    void shouldJudgeAFileAgainThatIsReadAgainAfterItsEnd() {
        StreamDesk.Judged judged = desk.judge(List.of(clip(1, FACELESS), clip(2, END), clip(1, FACELESS)));

        assertThat(sequences(judged)).as("span, whole file, end; span").containsExactly(1L, 2L, 3L, 1L);
        assertThat(judged.result().states().get(0).get(KEY)).isPresent();
        desk.confirm();
        assertThat(sequences(desk.judge(List.of(clip(2, END))))).containsExactly(2L, 3L);
    }

    @Test
    void shouldBeginAStreamAnewWhenItsClipsAreCutInAnotherWay() {
        assertThat(sequences(desk.judge(List.of(clip(1, FACELESS), clip(2, FACELESS)))))
                .containsExactly(1L, 2L);
        desk.confirm();

        assertThat(sequences(desk.judge(List.of(clip("1", 1, FACELESS))))).containsExactly(1L);
        desk.undo();
        assertThat(sequences(desk.judge(List.of(clip(3, FACELESS)))))
                .as("what was not committed is undone")
                .containsExactly(3L);
        desk.undo();
        desk.judge(List.of(clip("1", 1, FACELESS)));
        desk.confirm();
        assertThat(sequences(desk.judge(List.of(clip("1", 2, FACELESS))))).containsExactly(2L);
    }

    @Test
    void shouldNotCallAStreamFacelessWhenItsEarlierStateCannotBeRead() {
        desk.assigned(0, Map.of(KEY, "{\"frames\": []}".getBytes(StandardCharsets.UTF_8)));
        desk.judge(List.of(clip(7, FACELESS)));
        desk.undo();

        StreamDesk.Judged judged = desk.judge(List.of(clip(7, FACELESS), clip(8, END)));

        assertThat(judged.outcomes()).as("the span and the end").hasSize(2);
    }

    @Test
    void shouldForgetStreamsOfARevokedPartitionAndIdleStreams() {
        desk.judge(List.of(clip(1, FACELESS)));
        desk.confirm();
        desk.revoked(1);
        assertThat(forgotten).isEmpty();
        desk.revoked(0);
        assertThat(forgotten).containsExactly(FILE);

        desk.judge(List.of(clip(1, FACELESS)));
        desk.confirm();
        CLOCK.now = CLOCK.now.plus(Duration.ofDays(8));
        desk.confirm();
        assertThat(forgotten).containsExactly(FILE, FILE);
        assertThat(sequences(desk.judge(List.of(clip(1, FACELESS))))).containsExactly(1L);
    }

    @Test
    void shouldForgetAStreamThatDoesNotGoOnHereAfterTheGroupWasJoinedAgain() {
        StreamDesk.Judged judged = desk.judge(List.of(clip(1, FACELESS)));
        desk.confirm();

        StreamDesk unused = desk();
        unused.follow(desk);
        StreamDesk again = desk();
        again.follow(unused);
        byte[] state = judged.result().states().get(0).get(KEY).orElseThrow();
        again.assigned(0, Map.of(KEY, state));
        again.judge(List.of(clip(2, FACELESS)));
        again.confirm();
        assertThat(forgotten).isEmpty();

        StreamDesk elsewhere = desk();
        elsewhere.follow(again);
        elsewhere.confirm();
        assertThat(forgotten).containsExactly(FILE);
    }

    private static List<Long> sequences(StreamDesk.Judged judged) {
        return judged.result().verdicts().stream().map(VerdictEvent::sequence).toList();
    }

    private static ClipGroup.Clip clip(long number, IngestEvent event) {
        return clip("2", number, event);
    }

    private static ClipGroup.Clip clip(String hop, long number, IngestEvent event) {
        Map<String, String> terms = new HashMap<>(model.rules().terms().settings());
        terms.put("clip.hop", hop);
        ClipMessage message = new ClipMessage(
                FILE,
                "file",
                Instant.EPOCH,
                false,
                number,
                new ClipMessage.Cut(
                        model.crop().size(), model.crop().scale(), new Rules.Terms(terms, Optional.empty())),
                Instant.EPOCH,
                Optional.empty(),
                Optional.empty(),
                event);
        CloudEvent written = ClipCodec.reader().event(message);
        ProducerRecord<String, byte[]> sent = KafkaMessageFactory.<String>createWriter(
                        "unmask.clips", 0, null, VerdictEvent.key(written))
                .writeBinary(written);
        return new ClipGroup.Clip(new ConsumerRecord<>(
                sent.topic(),
                sent.partition(),
                number,
                0,
                TimestampType.CREATE_TIME,
                0,
                0,
                sent.key(),
                sent.value(),
                sent.headers(),
                Optional.empty()));
    }

    private final class Witness implements FaceWitness {
        @Override
        public void judged(Verdict.Stream stream, FaceClip clip, Verdict.Face face) {}

        @Override
        public List<Verdict.Evidence> evidence(Verdict.Stream stream, int track, Locator locator) {
            return List.of();
        }

        @Override
        public void forget(Verdict.Stream stream) {
            forgotten.add(stream);
        }
    }

    private static final class MovingClock extends Clock {
        private Instant now = Instant.EPOCH;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }
    }
}
