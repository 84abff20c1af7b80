package io.unmask.detector.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.ingest.clip.FaceSample;
import io.unmask.ingest.clip.IngestEvent.FaceClip;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class FeatureCacheTest {

    @Property(tries = 100)
    void shouldEncodeEachSampleOnceAndHoldNoMoreThanAClip(
            @ForAll @IntRange(min = 1, max = 16) int frames,
            @ForAll @IntRange(min = 1, max = 16) int hop,
            @ForAll @IntRange(min = 1, max = 20) int clips,
            @ForAll @IntRange(min = 1, max = 5) int batch) {
        int step = Math.min(hop, frames);
        FeatureCache cache = new FeatureCache(step);
        int encoded = 0;
        for (int first = 0; first < clips; first += batch) {
            List<FaceClip> together = IntStream.range(first, Math.min(clips, first + batch))
                    .mapToObj(i -> Events.clip(1, i, i * step, frames, 0))
                    .toList();
            for (FaceClip clip : together) {
                for (FaceSample sample : clip.samples()) {
                    if (cache.reserve(1, sample)) {
                        cache.put(1, sample, new float[] {sample.sequence()});
                        encoded++;
                    }
                }
            }
            for (FaceClip clip : together) {
                float[][] features = cache.clip(1, clip.samples());
                assertThat(features[0][0])
                        .isEqualTo((float) clip.samples().get(0).sequence());
                cache.retire(1, clip.samples());
            }
            assertThat(cache.size()).isEqualTo(frames - step);
        }
        assertThat(encoded).isEqualTo((clips - 1) * step + frames);
    }

    @Test
    void shouldKeepTracksApartAndForgetTheOneThatEnded() {
        FeatureCache cache = new FeatureCache(2);
        FaceSample sample = Events.sample(0, 0);
        cache.reserve(1, sample);
        cache.put(1, sample, new float[] {1});

        assertThat(cache.reserve(2, sample)).isTrue();
        cache.forget(1);

        assertThat(cache.size()).isEqualTo(1);
        assertThatThrownBy(() -> cache.clip(2, List.of(sample))).hasMessageContaining("not encoded");
    }
}
