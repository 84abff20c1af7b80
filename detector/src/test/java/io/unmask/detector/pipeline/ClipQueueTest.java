package io.unmask.detector.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.unmask.ingest.clip.Coverage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ClipQueueTest {
    private static final StreamEvent CLIP = Events.entry(Events.clip(1, 0, 0, 4, 0));
    private static final StreamEvent END = Events.entry(Events.ended(0));

    @Test
    void shouldHandOutInOrderUpToTheLimit() throws InterruptedException {
        ClipQueue queue = queue(1, 10, Long.MAX_VALUE);
        queue.put(CLIP);
        queue.put(END);

        assertThat(queue.poll(1)).containsExactly(CLIP);
        assertThat(queue.poll(5)).containsExactly(END);
    }

    @Test
    void shouldBlockItsProducerWhenTheCountIsReached() throws Exception {
        ClipQueue queue = queue(1, 1, Long.MAX_VALUE);
        queue.put(END);

        assertBlocksUntilPolled(queue);
    }

    @Test
    void shouldBlockItsProducerWhenTheBytesAreReached() throws Exception {
        ClipQueue queue = queue(1, 10, CLIP.bytes());
        queue.put(CLIP);

        assertBlocksUntilPolled(queue);
    }

    @Test
    void shouldTakeFromEachStreamInTurn() throws InterruptedException {
        ClipQueue queue = queue(2, 10, Long.MAX_VALUE);
        OpenStream busy = Events.stream("busy", false);
        OpenStream quiet = Events.stream("quiet", false);
        StreamEvent first = entry(busy, 0);
        StreamEvent second = entry(busy, 1);
        StreamEvent third = entry(busy, 2);
        StreamEvent other = entry(quiet, 0);
        List.of(first, second, third, other).forEach(queue::put);

        assertThat(queue.waiting()).isEqualTo(Map.of("busy", 3, "quiet", 1));
        assertThat(queue.poll(3)).containsExactly(first, other, second);
        assertThat(queue.poll(3)).containsExactly(third);
    }

    @Test
    void shouldDropALiveStreamsLateClipsButTheNewestOfEachFace() throws InterruptedException {
        ClipQueue queue = new ClipQueue(1, new ClipQueue.Bounds(100, Long.MAX_VALUE, Duration.ofSeconds(2)));
        OpenStream camera = Events.stream("camera", true);
        long now = System.nanoTime();
        // The picture of second 0 came at once and that of second 10 is here: clips end at .4, .6 and .8 s.
        camera.lateness().arrived(0, now - Duration.ofSeconds(10).toNanos());
        StreamEvent newest = entry(camera, 2);
        StreamEvent otherFace = new StreamEvent(camera, Events.clip(2, 0, 0, 4, 0), 0);
        StreamEvent ended = new StreamEvent(camera, Events.ended(0), 0);
        List.of(entry(camera, 0), entry(camera, 1), newest, otherFace, ended).forEach(queue::put);

        assertThat(queue.poll(10)).containsExactly(newest, otherFace, ended);
        assertThat(camera.counted(Coverage.NONE).dropped())
                .as("two samples of each of two clips, which the next shares no longer")
                .isEqualTo(4);
    }

    @Test
    void shouldNotCountFramesOfADroppedClipThatWereHandedOnBefore() throws InterruptedException {
        ClipQueue queue = new ClipQueue(1, new ClipQueue.Bounds(100, Long.MAX_VALUE, Duration.ofSeconds(2)));
        OpenStream camera = Events.stream("camera", true);
        queue.put(entry(camera, 0));
        assertThat(queue.poll(10)).hasSize(1);

        camera.lateness().arrived(0, System.nanoTime() - Duration.ofSeconds(10).toNanos());
        StreamEvent newest = entry(camera, 2);
        List.of(entry(camera, 1), newest).forEach(queue::put);

        assertThat(queue.poll(10)).containsExactly(newest);
        assertThat(camera.counted(Coverage.NONE).dropped())
                .as("each half of the dropped clip is in another one")
                .isZero();
    }

    @Test
    void shouldDropNothingOfALiveStreamThatIsInTime() throws InterruptedException {
        ClipQueue queue = new ClipQueue(1, new ClipQueue.Bounds(100, Long.MAX_VALUE, Duration.ofHours(1)));
        OpenStream camera = Events.stream("camera", true);
        camera.lateness().arrived(0, System.nanoTime());
        List.of(entry(camera, 0), entry(camera, 1)).forEach(queue::put);

        assertThat(queue.poll(10)).hasSize(2);
        assertThat(camera.counted(Coverage.NONE).dropped()).isZero();
    }

    @Test
    void shouldNeverLetALiveStreamWaitForRoom() throws InterruptedException {
        ClipQueue queue = queue(1, 2, Long.MAX_VALUE);
        OpenStream camera = Events.stream("camera", true);
        OpenStream file = Events.stream("file", false);
        StreamEvent newest = entry(camera, 5);
        StreamEvent ofFile = entry(file, 0);
        queue.put(ofFile);
        queue.put(entry(file, 1));
        for (int i = 0; i < 5; i++) {
            queue.put(entry(camera, i));
        }
        queue.put(newest);

        assertThat(queue.poll(2)).containsExactly(ofFile, newest);
    }

    @Test
    void shouldStayWithinItsBytesEvenIfEachWaitingClipIsTheNewestOfItsFace() throws InterruptedException {
        ClipQueue queue = queue(1, 100, 3 * CLIP.bytes());
        OpenStream busy = Events.stream("busy", true);
        OpenStream quiet = Events.stream("quiet", true);
        StreamEvent first = new StreamEvent(quiet, Events.clip(1, 0, 0, 4, 0), 1);
        queue.put(first);
        List<StreamEvent> faces = IntStream.range(2, 6)
                .mapToObj(track -> new StreamEvent(busy, Events.clip(track, 0, 0, 4, 0), track))
                .toList();
        faces.forEach(queue::put);

        assertThat(queue.poll(10)).isEqualTo(faces.subList(1, 4));
        assertThat(quiet.counted(Coverage.NONE).dropped()).isEqualTo(4);
        assertThat(busy.counted(Coverage.NONE).dropped()).isEqualTo(4);
    }

    private static StreamEvent entry(OpenStream stream, int index) {
        return new StreamEvent(stream, Events.clip(1, index, 2 * index, 4, 0), 0);
    }

    private static ClipQueue queue(int producers, int maxEntries, long maxBytes) {
        return new ClipQueue(producers, new ClipQueue.Bounds(maxEntries, maxBytes, Duration.ofHours(1)));
    }

    @Test
    void shouldTakeAnEntryThatIsLargerThanTheBytesWhenItIsEmpty() throws InterruptedException {
        ClipQueue queue = queue(1, 10, 1);

        assertThat(queue.put(CLIP)).isTrue();
        assertThat(queue.poll(1)).containsExactly(CLIP);
    }

    @Test
    void shouldHandAProducersFailureToTheConsumerAfterWhatWasQueued() throws InterruptedException {
        ClipQueue queue = queue(2, 10, Long.MAX_VALUE);
        IllegalStateException second = new IllegalStateException("second");
        queue.put(CLIP);
        queue.fail(new IllegalStateException("first"));
        queue.fail(second);

        assertThat(queue.put(END)).isFalse();
        assertThat(queue.poll(5)).containsExactly(CLIP);
        assertThatThrownBy(() -> queue.poll(1)).hasMessage("first").hasSuppressedException(second);
    }

    @Test
    void shouldEndWhenAllProducersAreDoneAndAllIsTaken() throws InterruptedException {
        ClipQueue queue = queue(1, 10, Long.MAX_VALUE);
        queue.put(END);
        queue.producerDone();

        assertThat(queue.poll(5)).containsExactly(END);
        assertThat(queue.poll(5)).isEmpty();
    }

    @Test
    void shouldReleaseABlockedProducerWhenItIsClosed() throws Exception {
        ClipQueue queue = queue(1, 1, Long.MAX_VALUE);
        queue.put(END);
        Producer producer = Producer.start(queue);

        queue.close();

        assertThat(producer.taken().get()).isFalse();
    }

    @Test
    void shouldNotLoseTheEntryOfAnInterruptedProducer() throws Exception {
        ClipQueue queue = queue(1, 1, Long.MAX_VALUE);
        queue.put(END);
        Producer producer = Producer.start(queue);

        producer.thread().interrupt();
        queue.poll(1);

        assertThat(producer.taken().get()).isTrue();
        assertThat(queue.poll(1)).containsExactly(CLIP);
    }

    private static void assertBlocksUntilPolled(ClipQueue queue) throws Exception {
        Producer producer = Producer.start(queue);
        assertThat(producer.taken()).isNotDone();

        queue.poll(1);

        assertThat(producer.taken().get()).isTrue();
        assertThat(queue.poll(1)).isEqualTo(List.of(CLIP));
    }

    /** Puts a clip into a full queue. */
    private record Producer(Thread thread, CompletableFuture<Boolean> taken) {
        static Producer start(ClipQueue queue) {
            CompletableFuture<Boolean> taken = new CompletableFuture<>();
            Thread thread = new Thread(() -> taken.complete(queue.put(CLIP)));
            thread.start();
            await().until(() -> thread.getState() == Thread.State.WAITING);
            return new Producer(thread, taken);
        }
    }
}
