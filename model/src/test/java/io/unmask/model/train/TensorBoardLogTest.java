package io.unmask.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.runtime.TensorFlowRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFOutOfRangeException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.Summary;
import org.tensorflow.types.TString;

/** What the log writes is read by TensorFlow's own record reader, which checks every checksum. */
class TensorBoardLogTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_700_000_000), ZoneOffset.UTC);

    @TempDir
    Path folder;

    @Test
    void shouldWriteEventsThatTensorFlowReads() throws Exception {
        TensorFlowRuntime.ensureLoaded();
        try (var log = new TensorBoardLog(folder, CLOCK, new Silence())) {
            log.graph(GraphDef.newBuilder().build());
            log.picture("train/batch", new RgbFrame(2, 1, new byte[6]));
            log.stepped(new Progress.Step(7, 9, 3, 0.5, 0.001, 2, 0.1, 30));
            log.judged(new Progress.Judged(7, 0.75, 0.6, true, Map.of("real", new double[] {-2, -1, 1})));
        }
        var events = read(folder);

        assertThat(events).hasSize(5).allSatisfy(event -> assertThat(event.getWallTime())
                .isEqualTo(1_700_000_000));
        assertThat(events.get(0).getFileVersion()).isEqualTo("brain.Event:2");
        assertThat(events.get(1).hasGraphDef()).isTrue();
        var image = events.get(2).getSummary().getValue(0).getImage();
        assertThat(image.getWidth()).isEqualTo(2);
        assertThat(image.getEncodedImageString().substring(1, 4).toStringUtf8()).isEqualTo("PNG");
        assertThat(events.get(3).getStep()).isEqualTo(7);
        assertThat(value(events.get(3), "train/loss").getSimpleValue()).isEqualTo(0.5f);
        var histogram = value(events.get(4), "validation/logits_real").getHisto();
        assertThat(histogram.getNum()).isEqualTo(3);
        assertThat(histogram.getSumSquares()).isEqualTo(6);
        assertThat(histogram.getBucketList()).hasSameSizeAs(histogram.getBucketLimitList());
        assertThat(histogram.getBucketList().stream().mapToDouble(d -> d).sum()).isEqualTo(3);
        assertThat(histogram.getBucketLimit(histogram.getBucketLimitCount() - 1))
                .isCloseTo(1, within(1e-9));
    }

    private static Summary.Value value(Event event, String tag) {
        return event.getSummary().getValueList().stream()
                .filter(value -> value.getTag().equals(tag))
                .findFirst()
                .orElseThrow();
    }

    static List<Event> read(Path folder) throws IOException {
        Path file;
        try (var files = Files.list(folder)) {
            file = files.filter(f -> f.getFileName().toString().contains("tfevents"))
                    .findFirst()
                    .orElseThrow();
        }
        var events = new ArrayList<Event>();
        try (var graph = new Graph();
                var session = new Session(graph)) {
            var tf = Ops.create(graph);
            var queue = tf.io.fifoQueue(List.of(TString.class), org.tensorflow.op.io.FifoQueue.shapes(Shape.scalar()));
            var fill = tf.io.queueEnqueue(queue, List.of(tf.constant(file.toString())));
            var close = tf.io.queueClose(queue);
            var record = tf.io.readerRead(tf.io.tfRecordReader(), queue);
            session.runner().addTarget(fill.op()).run();
            session.runner().addTarget(close.op()).run();
            while (true) {
                try (var result = session.runner().fetch(record.value()).run()) {
                    events.add(
                            Event.parseFrom(((TString) result.get(0)).asBytes().getObject()));
                } catch (TFOutOfRangeException e) {
                    return events;
                }
            }
        }
    }
}
