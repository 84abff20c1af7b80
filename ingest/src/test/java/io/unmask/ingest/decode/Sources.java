package io.unmask.ingest.decode;

import io.unmask.config.Settings;
import io.unmask.ingest.clip.RgbFrame;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Opens and drains sources for tests. */
final class Sources {
    private Sources() {}

    static Settings.Source settings(double sampleFps) {
        return new Settings.Source(sampleFps, 1, 20_000, 0, 7680L * 4320, 200_000, 0, false, 0, false);
    }

    static FrameSource open(Path file, double sampleFps) throws SourceException {
        return FrameSources.open(new SourceUri(SourceUri.Kind.FILE, file.toString()), settings(sampleFps));
    }

    /** What a source handed out, with copies of the pictures. */
    record Drained(List<Long> micros, List<RgbFrame> pictures, Counts counts) {
        List<Integer> indices() {
            return pictures.stream().map(TestVideo::index).toList();
        }

        List<Long> millis() {
            return micros.stream().map(time -> Math.round(time / 1000.0)).toList();
        }
    }

    static Drained drain(Path file, double sampleFps) throws SourceException {
        try (FrameSource source = open(file, sampleFps)) {
            return drain(source);
        }
    }

    static Drained drain(FrameSource source) throws SourceException {
        List<Long> micros = new ArrayList<>();
        List<RgbFrame> pictures = new ArrayList<>();
        for (Optional<SampledPicture> next = source.next(); next.isPresent(); next = source.next()) {
            if (next.get().shown().isPresent()) {
                micros.add(next.get().timeMicros());
                pictures.add(next.get().picture().copy());
            }
        }
        return new Drained(List.copyOf(micros), List.copyOf(pictures), source.counts());
    }
}
