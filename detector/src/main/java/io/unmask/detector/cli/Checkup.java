package io.unmask.detector.cli;

import io.unmask.config.PrivateFiles;
import io.unmask.config.Settings;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.publish.Outbox;
import io.unmask.detector.publish.VerdictConsumer;
import io.unmask.detector.run.ServingModel;
import io.unmask.ingest.IngestSession;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.decode.FrameSource;
import io.unmask.ingest.decode.FrameSources;
import io.unmask.ingest.decode.MissingLibrary;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import io.unmask.model.runtime.TensorFlowRuntime;
import io.unmask.model.score.DjlClipScorer;
import io.unmask.model.score.ModelDirectory;
import io.unmask.model.spec.ModelSpec;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import javax.imageio.ImageIO;

/** The checks of {@code unmask doctor}: each part is tried as {@code detect} would use it. */
final class Checkup {
    private static final long ENOUGH_DISK_BYTES = 2L << 30;
    private static final Path CAMERA = Path.of("/dev/video0");

    private final Settings settings;
    private final Consumer<Exception> failures;

    /** How well a part works. */
    enum Health {
        OK,
        /** Something optional is missing. */
        LIMITED,
        BROKEN
    }

    /**
     * @param detail what was found and, unless the part works, what to do
     */
    record Finding(String part, Health health, String detail) {}

    /** A check of a part. The message of what it throws becomes the finding. */
    private interface Check {
        Finding run(String part) throws Exception;
    }

    /** @param failures sees what a check threw */
    Checkup(Settings settings, Consumer<Exception> failures) {
        this.settings = settings;
        this.failures = failures;
    }

    /** @param each called after each check */
    List<Finding> run(Consumer<Finding> each) {
        List<Finding> findings = new ArrayList<>();
        check("java", this::java, findings, each);
        check("data", this::data, findings, each);
        check("temp", part -> temp(part, Path.of(System.getProperty("java.io.tmpdir"))), findings, each);
        check("decoder", this::decoder, findings, each);
        check("faces", this::faces, findings, each);
        check("tensorflow", part -> ok(part, "version " + TensorFlowRuntime.version()), findings, each);
        check("model", this::model, findings, each);
        check("outbox", this::outbox, findings, each);
        check("broker", this::broker, findings, each);
        check("webcam", this::webcam, findings, each);
        check("ffmpeg", this::ffmpeg, findings, each);
        return findings;
    }

    private void check(String part, Check check, List<Finding> findings, Consumer<Finding> each) {
        Finding finding;
        try {
            finding = check.run(part);
        } catch (Exception e) {
            failures.accept(e);
            finding = new Finding(part, Health.BROKEN, e.getMessage() == null ? e.toString() : e.getMessage());
        } catch (LinkageError e) {
            finding = new Finding(part, Health.BROKEN, MissingLibrary.explain(e));
        }
        findings.add(finding);
        each.accept(finding);
    }

    private Finding java(String part) {
        return ok(
                part,
                Runtime.version() + ", " + Runtime.getRuntime().availableProcessors() + " processors, heap up to "
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MB");
    }

    private Finding data(String part) throws IOException {
        Path folder = PrivateFiles.createDirectories(settings.dataDirectory());
        Files.delete(Files.createTempFile(folder, "doctor", ".tmp"));
        long free = Files.getFileStore(folder).getUsableSpace();
        String found = String.format(Locale.ROOT, "%s is writable, %.1f GB free", folder, free / 1e9);
        return free >= ENOUGH_DISK_BYTES
                ? ok(part, found)
                : new Finding(part, Health.LIMITED, found + ": make room, or set data-directory to another disk");
    }

    static Finding temp(String part, Path folder) {
        try {
            Files.delete(Files.createTempFile(folder, "doctor", ".tmp"));
            return ok(part, folder + " is writable");
        } catch (IOException e) {
            return new Finding(
                    part, Health.LIMITED, folder + " cannot be written (" + e + "): set TMPDIR to a folder that can");
        }
    }

    /** FFmpeg reads a picture. */
    private Finding decoder(String part) throws IOException, SourceException {
        return withPicture(picture -> {
            try (FrameSource source = FrameSources.open(SourceUri.parse(picture.toString()), settings.source())) {
                return source.next().isPresent()
                        ? ok(part, "FFmpeg reads a picture")
                        : new Finding(part, Health.BROKEN, "FFmpeg finds no picture in " + picture);
            }
        });
    }

    /** Passes a picture through the same stages as a video, to run the network that finds faces. */
    private Finding faces(String part) throws IOException, SourceException {
        return withPicture(picture -> {
            AtomicReference<IngestEvent> last = new AtomicReference<>();
            new IngestSession(SourceUri.parse(picture.toString()), settings, new CropSpec(128, 1), last::set).run();
            SourceEnded ended = (SourceEnded) last.get();
            return ended.failure()
                    .map(failure -> new Finding(part, Health.BROKEN, failure))
                    .orElseGet(() -> ok(part, "the network that finds faces runs"));
        });
    }

    private interface PictureCheck {
        Finding run(Path picture) throws IOException, SourceException;
    }

    /** Makes a picture in the data directory, because the temporary folder may be missing. */
    private Finding withPicture(PictureCheck check) throws IOException, SourceException {
        Path picture = Files.createTempFile(PrivateFiles.createDirectories(settings.dataDirectory()), "doctor", ".png");
        try {
            ImageIO.write(new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB), "png", picture.toFile());
            return check.run(picture);
        } finally {
            Files.delete(picture);
        }
    }

    private Finding model(String part) {
        ModelDirectory model = ServingModel.directory(settings);
        model.calibration();
        ModelSpec spec = model.card().spec();
        try (DjlClipScorer scorer = DjlClipScorer.open(model, settings.model().threads())) {
            byte[] black = new byte[spec.inputSize() * spec.inputSize() * 3];
            float[][] features = scorer.encode(List.of(new RgbFrame(spec.inputSize(), spec.inputSize(), black)));
            double logit =
                    scorer.score(Collections.singletonList(features)).get(0).logit();
            if (!Double.isFinite(logit)) {
                return new Finding(part, Health.BROKEN, model.path() + " gives no finite score: export it again");
            }
        }
        return ok(
                part,
                model.card().name() + " " + model.card().version() + " scores; digest "
                        + model.card().digest() + " verified");
    }

    /** A limitation only: servers have neither a camera nor the desktop's libraries for one, and need none. */
    private Finding webcam(String part) {
        try {
            FrameSources.loadCameraLibrary();
        } catch (SourceException e) {
            return new Finding(part, Health.LIMITED, "webcam:0 cannot be used: " + e.getMessage());
        }
        if (!Files.exists(CAMERA)) {
            return new Finding(part, Health.LIMITED, "no camera at " + CAMERA + ": webcam:0 cannot be used");
        }
        return Files.isReadable(CAMERA)
                ? ok(part, CAMERA + " can be read")
                : new Finding(
                        part, Health.LIMITED, CAMERA + " cannot be read: add your user to the group that owns it");
    }

    /** The program ffmpeg, which is not needed to judge videos. */
    private Finding ffmpeg(String part) throws InterruptedException {
        try {
            Process program = new ProcessBuilder("ffmpeg", "-version")
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            int exitCode = program.waitFor();
            return exitCode == 0
                    ? ok(part, "the program ffmpeg runs")
                    : new Finding(part, Health.LIMITED, "the program ffmpeg ends with exit code " + exitCode);
        } catch (IOException e) {
            return new Finding(
                    part,
                    Health.LIMITED,
                    "no program ffmpeg, which evaluate --ladder and bench use; install it: apt-get install ffmpeg (Debian),"
                            + " dnf install ffmpeg-free (Fedora), brew install ffmpeg (macOS)");
        }
    }

    private Finding outbox(String part) {
        Path file = Outbox.fileFor(settings);
        try (Outbox outbox = Outbox.open(file, settings.outbox().maxMegabytes())) {
            long waiting = outbox.waitingCount();
            return ok(part, waiting == 0 ? file + " is empty" : waiting + " events wait in " + file + " for Kafka");
        }
    }

    private Finding broker(String part) {
        try (BrokerLease broker = Brokers.obtain(settings)) {
            VerdictConsumer.open(settings.kafka(), broker.connection(), VerdictConsumer.Start.NOW)
                    .close();
            String whose =
                    switch (broker.origin()) {
                        case CONFIGURED -> "given by kafka.bootstrap-servers";
                        case STARTED -> "embedded, started for this check";
                        case SHARED -> "embedded, run by another process";
                    };
            return ok(part, settings.kafka().topic() + " at " + broker.bootstrapServers() + " answers (" + whose + ")");
        }
    }

    private static Finding ok(String part, String detail) {
        return new Finding(part, Health.OK, detail);
    }
}
