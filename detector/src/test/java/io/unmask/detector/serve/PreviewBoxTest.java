package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.Picture;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class PreviewBoxTest {
    private long seconds;
    private final PreviewBox box = new PreviewBox(Clock.systemUTC(), () -> TimeUnit.SECONDS.toNanos(seconds));

    @Test
    void shouldNotShowAnOldPictureAsTheNewest() {
        box.offer(new Grey());
        assertThat(box.newest()).isPresent();

        seconds = 60;
        box.offer(new Grey());
        assertThat(box.newest()).as("nobody asked for a minute").isEmpty();

        box.offer(new Grey());
        assertThat(box.newest()).as("now somebody has").isPresent();
        seconds = 90;
        assertThat(box.newest()).as("the camera gives none any more").isEmpty();
    }

    /** Two pixels by two. */
    private record Grey() implements Picture {
        @Override
        public int width() {
            return 2;
        }

        @Override
        public int height() {
            return 2;
        }

        @Override
        public Pixels luma() {
            return new Pixels(ByteBuffer.allocate(4), 2);
        }

        @Override
        public Pixels rgb(int left, int top, int width, int height) {
            return new Pixels(ByteBuffer.allocate(12), 6);
        }
    }
}
