package io.unmask.detector.workers;

import io.cloudevents.CloudEvent;
import io.unmask.ingest.clip.RgbFrame;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Makes events of clips that are small enough for every broker. When pictures are too large, as of a grainy camera at night,
 * they are encoded at a lower quality. Used by one thread.
 */
final class ClipPacker {
    /** Kafka's brokers accept a megabyte by default, some of which the headers and the key need. */
    static final int MAX_BYTES = 950_000;

    private static final double[] LOWER = {0.85, 0.7, 0.5, 0.3, 0.1};

    private final List<ClipCodec> codecs;

    /** @param quality of pictures that are not too large, 0 to 1 */
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
            if (event.getData().toBytes().length <= MAX_BYTES) {
                return event;
            }
        }
        throw new IllegalStateException(
                "a clip of " + clip.label() + " does not fit into " + MAX_BYTES + " bytes: set clip.frames lower");
    }

    /** Caches the encoded pictures of the last faces, because overlapping clips share some. */
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
