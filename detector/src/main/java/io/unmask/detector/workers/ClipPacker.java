package io.unmask.detector.workers;

import io.cloudevents.CloudEvent;
import io.unmask.ingest.clip.RgbFrame;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Makes events of clips that every broker takes: where the grain of a camera at night makes pictures that are too large, they
 * are written at a lower quality. One thread.
 */
final class ClipPacker {
    /** Kafka's brokers take a megabyte unless told otherwise; headers and key need some of it. */
    static final int MOST_BYTES = 950_000;

    private static final double[] LOWER = {0.85, 0.7, 0.5, 0.3, 0.1};

    private final List<ClipCodec> codecs;

    /** @param quality of the pictures, 0 to 1, where they are not too large */
    ClipPacker(double quality) {
        codecs = DoubleStream.concat(
                        DoubleStream.of(quality), DoubleStream.of(LOWER).filter(lower -> lower < quality))
                .mapToObj(each -> new ClipCodec(new Pictures(each)::jpeg))
                .toList();
    }

    /** @throws IllegalStateException when no quality makes it small enough */
    CloudEvent pack(ClipMessage clip) {
        for (ClipCodec codec : codecs) {
            CloudEvent event = codec.event(clip);
            if (event.getData().toBytes().length <= MOST_BYTES) {
                return event;
            }
        }
        throw new IllegalStateException(
                "a clip of " + clip.label() + " does not fit into " + MOST_BYTES + " bytes: set clip.frames lower");
    }

    /** The pictures of the last faces: two clips that overlap share theirs. */
    private static final class Pictures {
        private static final int REMEMBERED = 1024;

        private final double quality;
        private final Map<RgbFrame, byte[]> jpegs = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<RgbFrame, byte[]> eldest) {
                return size() > REMEMBERED;
            }
        };

        Pictures(double quality) {
            this.quality = quality;
        }

        byte[] jpeg(RgbFrame face) {
            return jpegs.computeIfAbsent(face, picture -> FaceJpeg.encode(picture, quality));
        }
    }
}
