package io.unmask.samples.bench;

import io.unmask.ingest.decode.FrameSource;
import io.unmask.ingest.decode.FrameSources;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Decoding with 8 of 30 frames a second converted. */
record DecodeRow(int width, int height) implements Row {
    private static final int SECONDS = 24;

    @Override
    public String name() {
        return "decode-" + height + "p";
    }

    @Override
    public String what() {
        return "decode and sample %dx%d H.264, against ffmpeg -f null".formatted(width, height);
    }

    @Override
    public Target mark() {
        return Target.ratio(0.95);
    }

    @Override
    public Optional<Target> aim() {
        return Optional.of(Target.ratio(1));
    }

    @Override
    public Measured measure(Bench bench) throws IOException, InterruptedException, BenchException {
        Video video = bench.videos().get(Scenery.ONE, width, height, SECONDS);
        Map<String, Object> more = new LinkedHashMap<>(Map.of("file", video.text()));
        return Pairs.alternate(
                bench.pairs(),
                Measured.FRAMES_PER_SECOND,
                () -> ours(bench, video, more),
                new FfmpegPeer(bench, video).framesPerSecond(),
                more);
    }

    private static double ours(Bench bench, Video video, Map<String, Object> more) throws BenchException {
        long start = System.nanoTime();
        try (FrameSource source = FrameSources.open(
                SourceUri.parse(video.file().toString()),
                bench.settings(Map.of()).source())) {
            long sampled = 0;
            while (source.next().isPresent()) {
                sampled++;
            }
            more.put("sampled", sampled);
            more.put("decoded", source.counts().decoded());
        } catch (SourceException e) {
            throw new BenchException(e.getMessage(), e);
        }
        return video.frames() / ((System.nanoTime() - start) / 1e9);
    }
}
