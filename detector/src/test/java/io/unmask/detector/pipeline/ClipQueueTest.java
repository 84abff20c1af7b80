package io.unmask.detector.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class ClipQueueTest {
    private static final StreamEvent CLIP = Events.entry(Events.clip(1, 0, 0, 4, 0));
    private static final StreamEvent END = Events.entry(Events.ended(0));

    @Test
    void shouldHandOutInOrderUpToTheLimit() throws InterruptedException {
        ClipQueue queue = new ClipQueue(1, 10, Long.MAX_VALUE);
        queue.put(CLIP);
        queue.put(END);

        assertThat(queue.poll(1)).containsExactly(CLIP);
        assertThat(queue.poll(5)).containsExactly(END);
    }

    @Test
    void shouldBlockItsProducerWhenTheCountIsReached() throws Exception {
        ClipQueue queue = new ClipQueue(1, 1, Long.MAX_VALUE);
        queue.put(END);

        assertBlocksUntilPolled(queue);
    }

    @Test
    void shouldBlockItsProducerWhenTheBytesAreReached() throws Exception {
        ClipQueue queue = new ClipQueue(1, 10, CLIP.bytes());
        queue.put(CLIP);

        assertBlocksUntilPolled(queue);
    }

    @Test
    void shouldBeFullWhenTheNextWouldWait() throws InterruptedException {
        ClipQueue queue = new ClipQueue(1, 10, 2 * CLIP.bytes());
        queue.put(CLIP);
        assertThat(queue.isFull()).isFalse();

        queue.put(CLIP);
        assertThat(queue.isFull()).isTrue();

        queue.poll(1);
        assertThat(queue.isFull()).isFalse();
    }

    @Test
    void shouldTakeAnEntryThatIsLargerThanTheBytesWhenItIsEmpty() throws InterruptedException {
        ClipQueue queue = new ClipQueue(1, 10, 1);

        assertThat(queue.put(CLIP)).isTrue();
        assertThat(queue.poll(1)).containsExactly(CLIP);
    }

    @Test
    void shouldHandAProducersFailureToTheConsumerAfterWhatWasQueued() throws InterruptedException {
        ClipQueue queue = new ClipQueue(2, 10, Long.MAX_VALUE);
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
        ClipQueue queue = new ClipQueue(1, 10, Long.MAX_VALUE);
        queue.put(END);
        queue.producerDone();

        assertThat(queue.poll(5)).containsExactly(END);
        assertThat(queue.poll(5)).isEmpty();
    }

    @Test
    void shouldReleaseABlockedProducerWhenItIsClosed() throws Exception {
        ClipQueue queue = new ClipQueue(1, 1, Long.MAX_VALUE);
        queue.put(END);
        Producer producer = Producer.start(queue);

        queue.close();

        assertThat(producer.taken().get()).isFalse();
    }

    @Test
    void shouldNotLoseTheEntryOfAnInterruptedProducer() throws Exception {
        ClipQueue queue = new ClipQueue(1, 1, Long.MAX_VALUE);
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
