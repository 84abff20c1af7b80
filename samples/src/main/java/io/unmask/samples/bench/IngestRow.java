package io.unmask.samples.bench;

import io.unmask.config.Settings;
import io.unmask.ingest.IngestListener;
import io.unmask.ingest.IngestSession;
import io.unmask.ingest.clip.IngestEvent;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import io.unmask.ingest.face.CropSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A source becomes face clips: decoded, faces searched, followed and cut. */
record IngestRow(String name, Scenery scenery) implements Row {
    private static final int SECONDS = 24;
    private static final CropSpec CROP = new CropSpec(128, 1);

    @Override
    public String what() {
        return "ingest 1280x720 with " + scenery.clips().size() + " face(s), against ffmpeg -f null";
    }

    @Override
    public Target mark() {
        return Target.ratio(0.6);
    }

    @Override
    public Optional<Target> aim() {
        return Optional.of(Target.ratio(0.9));
    }

    @Override
    public Measured measure(Bench bench) throws IOException, InterruptedException, BenchException {
        Video video = bench.videos().get(scenery, 1280, 720, SECONDS);
        Map<String, Object> more = new LinkedHashMap<>(Map.of("file", video.text()));
        return Pairs.alternate(
                bench.pairs(),
                Measured.FRAMES_PER_SECOND,
                () -> ours(bench.settings(Map.of()), video, more),
                new FfmpegPeer(bench, video).framesPerSecond(),
                more);
    }

    private static double ours(Settings settings, Video video, Map<String, Object> more) throws BenchException {
        Tally tally = new Tally();
        long start = System.nanoTime();
        try {
            new IngestSession(SourceUri.parse(video.file().toString()), settings, CROP, tally).run();
        } catch (SourceException e) {
            throw new BenchException(e.getMessage(), e);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (tally.failure.isPresent()) {
            throw new BenchException(tally.failure.get());
        }
        more.put("clips", tally.clips);
        more.put("tracks", tally.tracks);
        return video.frames() / seconds;
    }

    private static final class Tally implements IngestListener {
        private int clips;
        private int tracks;
        private Optional<String> failure = Optional.empty();

        @Override
        public void event(IngestEvent event) {
            if (event instanceof IngestEvent.FaceClip) {
                clips++;
            } else if (event instanceof IngestEvent.TrackEnded) {
                tracks++;
            } else if (event instanceof IngestEvent.SourceEnded end) {
                failure = end.failure();
            }
        }
    }
}
