package io.unmask.detector.evidence;

import io.unmask.detector.verdict.Reason;
import io.unmask.detector.verdict.Verdict;
import io.unmask.detector.verdict.Verdict.Decision;
import io.unmask.detector.verdict.Verdict.Face.Suspect;
import io.unmask.detector.verdict.Verdict.Kind;
import io.unmask.ingest.clip.Coverage;
import io.unmask.ingest.clip.FaceBox;
import io.unmask.ingest.clip.FaceQuality;
import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.model.spec.Calibration;
import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelSpec;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;

/** Verdicts, pictures and a model card that no video stands behind: eight samples a second, clips of 16, hop 8. */
final class MadeUp {
    static final Calibration CALIBRATION = new Calibration(
            "temperature+bias", 1.7, -0.2, 0.62, 0.05, 0.9, 0.031, 0.118, "c4".repeat(32), LocalDate.of(2026, 11, 20));
    static final ModelCard CARD = new ModelCard(
            "unmask-base",
            "1.0.0",
            "ab".repeat(32),
            new ModelSpec("residual-gru-1", 112, 16, 128, 1.3, 8, List.of("real", "fake")),
            Optional.of(CALIBRATION),
            Optional.empty(),
            "cd".repeat(32),
            7,
            "0.1.0",
            Map.of(),
            Map.of("test.auc", 0.912, "test.eer", 0.164, "test.apcer", 0.21, "test.bpcer", 0.05),
            Map.of(
                    "training-data", "2,140 authentic faces; forgeries made from them by unmask’s own forger",
                    "licence", "Apache-2.0",
                    "limits", "Not tested on whole-head synthesis or on faces under 64 pixels"));
    static final Instant NOW = Instant.parse("2026-11-21T02:30:00Z");

    private static final long SAMPLE_MICROS = 125_000;
    private static final int FRAMES = 16;
    private static final int HOP = 8;
    private static final Verdict.Stream STREAM = new Verdict.Stream("stream", "session", "file:interview.mp4");

    /** By track and sway. */
    private static final Map<List<Integer>, RgbFrame> PORTRAITS = new ConcurrentHashMap<>();

    private MadeUp() {}

    /** An interview: a forged face that drops out twice, an authentic one, an undecided one and a distant one. */
    static Report.Source interview(String uri) {
        Snapshots pictures = new Snapshots(20);
        List<Verdict> verdicts = new ArrayList<>();
        List<Verdict> calm = face(1, 2, 24, second -> 0.15 + 0.05 * Math.sin(second), pictures);
        List<Verdict> forged = new ArrayList<>(face(2, 6, 19, MadeUp::forged, pictures));
        forged.addAll(unjudged(2, 19, 24, Reason.BLURRED));
        forged.addAll(face(2, 24, 41, MadeUp::forged, pictures));
        List<Verdict> undecided = face(3, 44, 50, second -> 0.58 + 0.06 * Math.cos(second), pictures);
        List<Verdict> distant = unjudged(4, 40, 47, Reason.FACE_TOO_SMALL);
        Stream.of(calm, forged, undecided, distant, faceless(50, 62)).forEach(verdicts::addAll);
        verdicts.add(last(calm, Decision.REAL, 0.15, List.of()));
        verdicts.add(last(forged, Decision.FAKE, 0.91, List.of(Reason.BLURRED)));
        verdicts.add(last(undecided, Decision.INCONCLUSIVE, 0.58, List.of(Reason.LOW_BITRATE)));
        verdicts.add(last(distant, Decision.NOT_EVALUABLE, Double.NaN, List.of(Reason.FACE_TOO_SMALL)));
        return new Report.Source(
                uri,
                "",
                Optional.of("9f".repeat(32)),
                Duration.ofMillis(62_400),
                new Coverage(1560, 499, 401, 3, 0, 0),
                Optional.empty(),
                verdicts,
                pictures);
    }

    /** A video without any face. */
    static Report.Source landscape() {
        List<Verdict> verdicts = new ArrayList<>(faceless(0, 12));
        verdicts.add(verdict(
                Kind.TRACK,
                0,
                12_000_000,
                Decision.NOT_EVALUABLE,
                Double.NaN,
                Optional.empty(),
                List.of(Reason.NO_FACE)));
        return new Report.Source(
                "file:landscape.mkv",
                "",
                Optional.empty(),
                Duration.ofSeconds(12),
                new Coverage(300, 96, 0, 0, 0, 0),
                Optional.of("landscape.mkv: damaged from 00:12 on; 2,101 bytes were not read"),
                verdicts,
                new Snapshots(1));
    }

    /** One face over a long time, under a forgery for a while in every minute. */
    static Report.Source lecture(int seconds) {
        Snapshots pictures = new Snapshots(4);
        List<Verdict> verdicts = new ArrayList<>(
                face(1, 0, seconds, second -> second % 60 < 9 ? 0.93 : 0.2 + 0.1 * Math.sin(second / 40.0), pictures));
        verdicts.add(last(List.copyOf(verdicts), Decision.FAKE, 0.88, List.of()));
        return new Report.Source(
                "https://example.org/lecture.mp4?quality=high",
                "",
                Optional.of("9f".repeat(32)),
                Duration.ofSeconds(seconds),
                new Coverage(25L * seconds, 8L * seconds, 8L * seconds, 0, 0, 0),
                Optional.empty(),
                verdicts,
                pictures);
    }

    static String html(Report.Source... sources) {
        StringWriter out = new StringWriter();
        try {
            new Report(CARD, "0.1.0", "5e".repeat(32), Clock.fixed(NOW, ZoneOffset.UTC)).write(List.of(sources), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    static List<Verdict> face(int track, int from, int to, IntToDoubleFunction pFake, Snapshots pictures) {
        List<Verdict> clips = new ArrayList<>();
        long samples = (to - from) * 1_000_000L / SAMPLE_MICROS;
        for (long first = 0; first + FRAMES <= samples; first += HOP) {
            clips.add(clip(track, from * 1_000_000L + first * SAMPLE_MICROS, pFake, pictures));
        }
        return clips;
    }

    static Verdict clip(int track, long startMicros, IntToDoubleFunction pFake, Snapshots pictures) {
        List<Verdict.Face.Frame> frames = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            long timeMicros = startMicros + i * SAMPLE_MICROS;
            long number = timeMicros / SAMPLE_MICROS;
            double wobble = 0.08 * Math.sin(number * 2.4) + 0.04 * Math.cos(number * 7.1);
            double score =
                    Math.min(0.985, Math.max(0.01, pFake.applyAsDouble((int) (timeMicros / 1_000_000)) + wobble));
            FaceSample sample = sample(track, timeMicros);
            frames.add(new Verdict.Face.Frame(timeMicros, sample.box(), sample.quality(), Optional.of(score)));
            pictures.offer(track, sample, OptionalDouble.of(score));
        }
        double score = pFake.applyAsDouble((int) ((startMicros + FRAMES / 2 * SAMPLE_MICROS) / 1_000_000));
        Decision decision = score > 0.75 ? Decision.FAKE : score < 0.45 ? Decision.REAL : Decision.INCONCLUSIVE;
        return verdict(
                Kind.CLIP,
                startMicros,
                startMicros + FRAMES * SAMPLE_MICROS,
                decision,
                score,
                Optional.of(new Verdict.Face(track, FRAMES, frames, List.of())),
                List.of());
    }

    static List<Verdict> unjudged(int track, int from, int to, Reason reason) {
        List<Verdict> clips = new ArrayList<>();
        for (int second = from; second + 1 < to; second++) {
            clips.add(verdict(
                    Kind.CLIP,
                    second * 1_000_000L,
                    (second + 2) * 1_000_000L,
                    Decision.NOT_EVALUABLE,
                    Double.NaN,
                    Optional.of(new Verdict.Face(track, 0, List.of(), List.of())),
                    List.of(reason)));
        }
        return clips;
    }

    /** The verdict on a face by those on its clips. */
    static Verdict last(List<Verdict> clips, Decision decision, double pFake, List<Reason> reasons) {
        List<Suspect> suspect = new ArrayList<>();
        for (Verdict clip : clips) {
            if (clip.score()
                    .filter(score -> score.pFake() >= CALIBRATION.threshold())
                    .isPresent()) {
                Verdict.Span span = clip.span();
                boolean grows = !suspect.isEmpty()
                        && span.startMicros() <= suspect.get(suspect.size() - 1).endMicros();
                long startMicros = grows ? suspect.remove(suspect.size() - 1).startMicros() : span.startMicros();
                suspect.add(new Suspect(startMicros, span.endMicros()));
            }
        }
        int track = clips.get(0).face().orElseThrow().track();
        return verdict(
                Kind.TRACK,
                clips.get(0).span().startMicros(),
                clips.get(clips.size() - 1).span().endMicros(),
                decision,
                pFake,
                Optional.of(new Verdict.Face(track, 0, List.of(), suspect)),
                reasons);
    }

    static FaceSample sample(int track, long timeMicros) {
        return new FaceSample(
                timeMicros / SAMPLE_MICROS,
                timeMicros,
                new FaceBox(200, 120, 160, 160),
                Optional.empty(),
                new FaceQuality(160, 210, 118, 0.9),
                PORTRAITS.computeIfAbsent(
                        List.of(track, (int) Math.round(4 * Math.sin(timeMicros / 9e5))),
                        look -> portrait(look.get(0), look.get(1))));
    }

    private static List<Verdict> faceless(int from, int to) {
        List<Verdict> spans = new ArrayList<>();
        for (int second = from; second < to; second += 2) {
            spans.add(verdict(
                    Kind.CLIP,
                    second * 1_000_000L,
                    (second + 2) * 1_000_000L,
                    Decision.NOT_EVALUABLE,
                    Double.NaN,
                    Optional.empty(),
                    List.of(Reason.NO_FACE)));
        }
        return spans;
    }

    private static Verdict verdict(
            Kind kind,
            long startMicros,
            long endMicros,
            Decision decision,
            double pFake,
            Optional<Verdict.Face> face,
            List<Reason> reasons) {
        double logit = Math.log(pFake / (1 - pFake));
        return new Verdict(
                kind + "-" + face.map(Verdict.Face::track).orElse(0) + "-" + startMicros,
                kind,
                STREAM,
                0,
                new Verdict.Span(startMicros, endMicros, NOW, NOW, Optional.empty()),
                decision,
                reasons,
                Double.isNaN(pFake)
                        ? Optional.empty()
                        : Optional.of(new Verdict.Score(
                                pFake, logit, CALIBRATION.interval(logit, kind == Kind.TRACK ? 8 : 4))),
                Optional.empty(),
                new Verdict.Threshold(CALIBRATION.threshold(), Optional.of(CALIBRATION.expectedFpr())),
                face,
                Coverage.NONE,
                new Verdict.Model("unmask-base", "1.0.0", CARD.digest(), CARD.trainingDigest(), CALIBRATION),
                List.of(),
                Map.of());
    }

    private static double forged(int second) {
        return second < 10 || (second > 30 && second < 34) ? 0.3 + 0.02 * (second % 5) : 0.9 + 0.03 * Math.sin(second);
    }

    private static RgbFrame portrait(int track, int sway) {
        BufferedImage image = new BufferedImage(112, 112, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        pen.setColor(new Color(70 + 20 * track, 82, 96));
        pen.fillRect(0, 0, 112, 112);
        pen.setColor(new Color(205 - 12 * track, 160 - 8 * track, 132));
        pen.fillOval(22 + sway, 8, 68, 96);
        pen.setColor(new Color(45, 35, 30));
        pen.fillOval(38 + sway, 44, 9, 6);
        pen.fillOval(66 + sway, 44, 9, 6);
        pen.fillArc(40 + sway, 70, 34, 14 + sway, 180, 180);
        pen.dispose();
        byte[] rgb = new byte[112 * 112 * 3];
        for (int i = 0; i < 112 * 112; i++) {
            int pixel = image.getRGB(i % 112, i / 112);
            rgb[3 * i] = (byte) (pixel >> 16);
            rgb[3 * i + 1] = (byte) (pixel >> 8);
            rgb[3 * i + 2] = (byte) pixel;
        }
        return new RgbFrame(112, 112, rgb);
    }
}
