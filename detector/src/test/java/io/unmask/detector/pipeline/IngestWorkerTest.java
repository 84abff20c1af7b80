package io.unmask.detector.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.IngestListener;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class IngestWorkerTest {
    private static final Instant FIRST_PICTURE = Instant.parse("2026-11-21T10:15:30Z");

    private final ClipQueue queue = new ClipQueue(1, new ClipQueue.Bounds(2, Long.MAX_VALUE, Duration.ofSeconds(2)));
    private Instant now = FIRST_PICTURE.minusSeconds(20);

    @Test
    void shouldCountWallTimeFromTheFirstPicture() throws InterruptedException {
        read(listener -> {
            now = FIRST_PICTURE;
            listener.started(true);
            now = FIRST_PICTURE.plusSeconds(5);
            listener.event(Events.ended(0));
        });

        OpenStream stream = queue.poll(1).get(0).stream();
        assertThat(stream.opened()).isEqualTo(FIRST_PICTURE);
        assertThat(stream.live()).isTrue();
    }

    @Test
    void shouldNotTakeASourceThatDeclaresItsLengthForLive() throws InterruptedException {
        read(listener -> {
            listener.started(false);
            listener.event(Events.ended(0));
        });

        assertThat(queue.poll(1).get(0).stream().live()).isFalse();
    }

    @Test
    void shouldSayThatAPictureIsLateByWhatCameSooner() {
        List<Boolean> behind = new ArrayList<>();
        read(listener -> {
            listener.started(true);
            // The bound is two seconds; what is here at once shows how quick the way is.
            behind.add(listener.isBehind(0));
            behind.add(listener.isBehind(60_000_000));
            behind.add(listener.isBehind(59_000_000));
            behind.add(listener.isBehind(57_000_000));
        });

        assertThat(behind).containsExactly(false, false, false, true);
    }

    @Test
    void shouldSayOfNoPictureOfARecordingThatItIsLate() {
        List<Boolean> behind = new ArrayList<>();
        read(listener -> {
            listener.started(false);
            behind.add(listener.isBehind(60_000_000));
            behind.add(listener.isBehind(0));
        });

        assertThat(behind).containsExactly(false, false);
    }

    @Test
    @Timeout(60)
    void shouldLeaveOutAFileThatIsStoppedWhileItIsReadForItsIdentity() throws Exception {
        CountDownLatch reads = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        IngestWorker worker = worker(
                () -> {
                    reads.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.complete(true);
                    }
                    return new Verdict.Stream("video", "session", "video");
                },
                listener -> listener.event(Events.ended(0)));
        Thread ingest = new Thread(worker);
        ingest.start();
        reads.await();

        worker.stop();

        ingest.join();
        assertThat(interrupted.get()).isTrue();
        assertThat(queue.poll(1)).isEmpty();
    }

    /** An HTTP source, which is not known to have an end before it is opened. */
    private void read(Consumer<IngestListener> reading) {
        worker(() -> new Verdict.Stream("video", "session", "video"), reading).run();
    }

    private IngestWorker worker(StreamJob.Identity identity, Consumer<IngestListener> reading) {
        StreamJob job = new StreamJob("video", true, identity, listener -> new StreamJob.Reader() {
            @Override
            public void run() {
                reading.accept(listener);
            }

            @Override
            public void stop() {}
        });
        return new IngestWorker(job, queue, (of, position, duration) -> {}, new TestClock());
    }

    private final class TestClock extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
