package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.clip.Picture;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

    @Test
    void shouldNotShowAnOldPictureWhileTheNewestIsBeingTaken() {
        box.offer(new Grey());
        seconds = 60;
        assertThat(box.newest()).isEmpty();

        List<Optional<Preview>> meanwhile = new ArrayList<>();
        box.offer(new Grey(() -> meanwhile.add(box.newest())));

        assertThat(meanwhile).isNotEmpty().containsOnly(Optional.empty());
        assertThat(box.newest()).isPresent();
    }

    /** Two pixels by two. */
    private record Grey(Runnable whenRead) implements Picture {
        Grey() {
            this(() -> {});
        }

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
            whenRead.run();
            return new Pixels(ByteBuffer.allocate(12), 6);
        }
    }
}
