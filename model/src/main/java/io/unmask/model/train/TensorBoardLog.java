package io.unmask.model.train;

import com.google.protobuf.ByteString;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.image.Pictures;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.HistogramProto;
import org.tensorflow.proto.Summary;

/**
 * Writes an event file that TensorBoard reads, and passes everything on: scalars, the graph, the first batch as a
 * picture, and a histogram of the validation logits of each label.
 *
 * <p>The format is TFRecord: length, masked CRC-32C of the length, an {@code Event}, masked CRC-32C of it, little-endian.
 * Each start of a run writes a file of its own; TensorBoard joins them.
 */
final class TensorBoardLog implements Progress, AutoCloseable {
    private static final int MASK_DELTA = 0xa282ead8;
    private static final int BINS = 30;

    private final Clock clock;
    private final Progress next;
    private final Path file;
    private final OutputStream out;

    TensorBoardLog(Path folder, Clock clock, Progress next) throws IOException {
        this.clock = clock;
        this.next = next;
        String name = "events.out.tfevents.%010d.unmask.%d"
                .formatted(
                        clock.instant().getEpochSecond(),
                        ProcessHandle.current().pid());
        file = folder.resolve(name);
        out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        write(event(0).setFileVersion("brain.Event:2"));
    }

    void graph(GraphDef graph) throws IOException {
        write(event(0).setGraphDef(graph.toByteString()));
    }

    void picture(String tag, RgbFrame picture) throws IOException {
        var image = Summary.Image.newBuilder()
                .setWidth(picture.width())
                .setHeight(picture.height())
                .setColorspace(3)
                .setEncodedImageString(ByteString.copyFrom(Pictures.png(picture)));
        write(event(0).setSummary(Summary.newBuilder()
                .addValue(Summary.Value.newBuilder().setTag(tag).setImage(image))));
    }

    @Override
    public void stepped(Step step) {
        var summary = Summary.newBuilder();
        scalar(summary, "train/loss", step.loss());
        scalar(summary, "train/learning_rate", step.rate());
        scalar(summary, "train/gradient_norm", step.gradientNorm());
        scalar(summary, "train/step_ms", step.tookMs());
        scalar(summary, "train/waited_ms", step.waitedMs());
        tell(step.step(), summary);
        next.stepped(step);
    }

    @Override
    public void judged(Judged judged) {
        var summary = Summary.newBuilder();
        scalar(summary, "validation/auc", judged.auc());
        scalar(summary, "validation/log_loss", judged.logLoss());
        judged.logits()
                .forEach((label, logits) -> summary.addValue(Summary.Value.newBuilder()
                        .setTag("validation/logits_" + label)
                        .setHisto(histogram(logits))));
        tell(judged.step(), summary);
        next.judged(judged);
    }

    @Override
    public void limited(String by) {
        next.limited(by);
    }

    @Override
    public void changed(String setting) {
        next.changed(setting);
    }

    @Override
    public void skipped(String file) {
        next.skipped(file);
    }

    private static void scalar(Summary.Builder summary, String tag, double value) {
        summary.addValue(Summary.Value.newBuilder().setTag(tag).setSimpleValue((float) value));
    }

    /** A histogram with bins of equal width between the extremes; a bin's limit is its upper end. */
    private static HistogramProto histogram(double[] values) {
        var statistics = Arrays.stream(values).summaryStatistics();
        double width = Math.max(1e-9, (statistics.getMax() - statistics.getMin()) / BINS);
        var counts = new double[BINS];
        for (double value : values) {
            counts[Math.min(BINS - 1, (int) ((value - statistics.getMin()) / width))]++;
        }
        var histogram = HistogramProto.newBuilder()
                .setMin(statistics.getMin())
                .setMax(statistics.getMax())
                .setNum(values.length)
                .setSum(statistics.getSum())
                .setSumSquares(Arrays.stream(values).map(value -> value * value).sum());
        for (int bin = 0; bin < BINS; bin++) {
            histogram.addBucketLimit(statistics.getMin() + (bin + 1) * width).addBucket(counts[bin]);
        }
        return histogram.build();
    }

    private Event.Builder event(long step) {
        return Event.newBuilder().setStep(step).setWallTime(clock.millis() / 1e3);
    }

    private void tell(long step, Summary.Builder summary) {
        try {
            write(event(step).setSummary(summary));
        } catch (IOException e) {
            throw TrainingException.ofUnwritten(file, e);
        }
    }

    private void write(Event.Builder event) throws IOException {
        byte[] bytes = event.build().toByteArray();
        byte[] length = little(Long.BYTES).putLong(bytes.length).array();
        out.write(little(length.length + bytes.length + 2 * Integer.BYTES)
                .put(length)
                .putInt(maskedCrc(length))
                .put(bytes)
                .putInt(maskedCrc(bytes))
                .array());
    }

    private static int maskedCrc(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
