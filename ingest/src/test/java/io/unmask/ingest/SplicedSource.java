package io.unmask.ingest;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.RgbFrame;
import io.unmask.ingest.decode.Counts;
import io.unmask.ingest.decode.FrameSource;
import io.unmask.ingest.decode.FrameSources;
import io.unmask.ingest.decode.SampledPicture;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Pictures of the sample clips in any order, and what an editor can make of them. */
final class SplicedSource implements FrameSource {
    static final long PERIOD_MICROS = 125_000;

    private final List<SampledPicture> pictures = new ArrayList<>();
    private int given;

    /** The pictures of a sample clip, eight a second. */
    static List<RgbFrame> clip(String name) {
        Path file = Path.of(System.getProperty("unmask.root"), "samples", "clips", name);
        List<RgbFrame> pictures = new ArrayList<>();
        try (FrameSource source = FrameSources.open(
                SourceUri.parse(file.toString()),
                new Settings.Source(8, 1, 20_000, 0, 33_177_600, 200_000, 0, false, 0, false))) {
            for (var next = source.next(); next.isPresent(); next = source.next()) {
                pictures.add(next.get().picture().copy());
            }
        } catch (SourceException e) {
            throw new IllegalStateException(e);
        }
        return pictures;
    }

    /** Adds pictures, one after the other. */
    SplicedSource then(List<RgbFrame> more) {
        return then(more, PERIOD_MICROS);
    }

    SplicedSource then(List<RgbFrame> more, long periodMicros) {
        for (RgbFrame picture : more) {
            long time =
                    pictures.isEmpty() ? 0 : pictures.get(pictures.size() - 1).timeMicros() + periodMicros;
            pictures.add(new SampledPicture(time, picture));
        }
        return this;
    }

    /** From one picture to another one, in so many steps between them. */
    static List<RgbFrame> dissolve(RgbFrame from, RgbFrame to, int steps) {
        List<RgbFrame> mixed = new ArrayList<>();
        for (int step = 1; step <= steps; step++) {
            double part = step / (steps + 1.0);
            byte[] rgb = new byte[from.rgb().length];
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) Math.round((from.rgb()[i] & 255) * (1 - part) + (to.rgb()[i] & 255) * part);
            }
            mixed.add(new RgbFrame(from.width(), from.height(), rgb));
        }
        return mixed;
    }

    /** The pictures with their light made stronger or weaker. */
    static List<RgbFrame> lit(List<RgbFrame> pictures, double factor) {
        List<RgbFrame> lit = new ArrayList<>();
        for (RgbFrame picture : pictures) {
            byte[] rgb = new byte[picture.rgb().length];
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = (byte) Math.min(255, Math.round((picture.rgb()[i] & 255) * factor));
            }
            lit.add(new RgbFrame(picture.width(), picture.height(), rgb));
        }
        return lit;
    }

    @Override
    public Optional<SampledPicture> next() {
        return given < pictures.size() ? Optional.of(pictures.get(given++)) : Optional.empty();
    }

    @Override
    public Counts counts() {
        return new Counts(given, given, 0);
    }

    @Override
    public OptionalLong durationMicros() {
        return OptionalLong.empty();
    }

    @Override
    public void close() {}
}
