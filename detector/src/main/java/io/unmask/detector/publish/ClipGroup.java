package io.unmask.detector.publish;

import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.KafkaMessageFactory;
import io.unmask.config.Settings;
import io.unmask.detector.verdict.EventFormatException;
import io.unmask.detector.verdict.VerdictEvent;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of the consumer group (KIP-848) that shares the topic of clips. A batch's verdicts, what is then known of its
 * streams, the clips that are set aside and the group's offsets are one transaction, so that a reader of committed records
 * sees the verdict on each clip once. After a {@link PublishException} the group is closed and a new one opened: its first
 * batch begins where the last transaction ended. Not thread-safe.
 */
public final class ClipGroup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClipGroup.class);
    private static final int TRANSACTION_TIMEOUT_MS = 15_000;

    private final KafkaClients clients;
    private final ClipTopics topics;
    private final Consumer<String, byte[]> consumer;
    private final Producer<String, byte[]> producer;
    private final StateReader states;
    private final Keeper keeper;
    private final int batch;
    private final Attempts attempts = new Attempts();
    private final Deque<Clip> waiting = new ArrayDeque<>();
    private boolean closing;

    /** Keeps what is known of the streams of this member's partitions. Called from {@link #poll}. */
    public interface Keeper {

        /** @param states what the last owner of the partition knew, by key */
        void assigned(int partition, Map<String, byte[]> states);

        /** The partition is another member's from now on. Not called by {@link #close}: who joins again may get it back. */
        void revoked(int partition);
    }

    /** A record of the topic, whatever it holds. */
    public record Clip(ConsumerRecord<String, byte[]> message) {
        public int partition() {
            return message.partition();
        }

        /** @throws EventFormatException when it is no event */
        public CloudEvent event() {
            try {
                return KafkaMessageFactory.createReader(message).toEvent();
            } catch (RuntimeException e) {
                // The library has no common type for what a hostile record makes it throw.
                throw new EventFormatException(this + " is no event: " + e.getMessage(), e);
            }
        }

        @Override
        public String toString() {
            return "record " + message.offset() + " of " + message.topic() + "-" + message.partition();
        }
    }

    /**
     * What a batch comes to.
     *
     * @param states by partition and key; an absent one is over
     * @param deadLetter why the batch's only clip is set aside, when it is
     */
    public record Result(
            List<CloudEvent> verdicts,
            Map<Integer, Map<String, Optional<byte[]>>> states,
            Optional<String> deadLetter) {}

    private ClipGroup(KafkaClients clients, Settings.Workers workers, Keeper keeper, int batch, String member) {
        this.clients = clients;
        this.keeper = keeper;
        this.batch = batch;
        topics = new ClipTopics(workers);
        consumer = clients.consumer(
                Map.of("group.id", workers.group(), "group.protocol", "consumer", "max.poll.records", batch));
        try {
            producer = clients.producer(
                    new ByteArraySerializer(),
                    // A transaction is open for the moment of its commit only: one that lasts is a dead process's.
                    Map.of(
                            "transactional.id",
                            "unmask-score-" + member,
                            "transaction.timeout.ms",
                            TRANSACTION_TIMEOUT_MS),
                    Map.of("compression.type", "zstd", "max.request.size", ClipTopics.MOST_STATE_BYTES));
        } catch (PublishException e) {
            consumer.close();
            throw e;
        }
        try {
            states = new StateReader(clients, topics);
        } catch (PublishException e) {
            producer.close(Duration.ZERO);
            consumer.close();
            throw e;
        }
    }

    /**
     * Joins the group.
     *
     * @param batch most clips that are judged in one go
     * @param member names this process, and no other one: a transaction that it left open under the name is undone
     * @throws PublishException when Kafka does not answer, or refuses
     */
    public static ClipGroup join(
            Settings settings, Map<String, Object> connection, Keeper keeper, int batch, String member) {
        KafkaClients clients = new KafkaClients(settings.kafka(), connection, "clips wait on their topic");
        clients.ensureTopic();
        new ClipTopics(settings.workers()).ensure(clients);
        ClipGroup group = new ClipGroup(clients, settings.workers(), keeper, batch, member);
        try {
            group.producer.initTransactions();
            group.consumer.subscribe(List.of(group.topics.clips()), group.new Rebalance());
            return group;
        } catch (KafkaException e) {
            group.close();
            throw clients.failure(e);
        }
    }

    /**
     * The next clips; of a partition that made trouble one at a time.
     *
     * @return possibly none
     * @throws PublishException when Kafka does not answer, or refuses
     */
    public List<Clip> poll(Duration timeout) {
        try {
            if (waiting.isEmpty()) {
                consumer.poll(timeout).forEach(message -> waiting.add(new Clip(message)));
            }
            List<Clip> taken = take();
            Map<TopicPartition, OffsetAndMetadata> marks = attempts.begin(taken);
            if (!marks.isEmpty()) {
                consumer.commitSync(marks);
            }
            return taken;
        } catch (KafkaException e) {
            throw clients.failure(e);
        }
    }

    private List<Clip> take() {
        List<Clip> taken = new ArrayList<>();
        while (taken.size() < batch && !waiting.isEmpty()) {
            boolean suspect = attempts.isSuspect(waiting.peek());
            if (suspect && !taken.isEmpty()) {
                break;
            }
            taken.add(waiting.remove());
            if (suspect) {
                break;
            }
        }
        return taken;
    }

    /** How often the clip was begun before this time and not ended. */
    public int failedAttempts(Clip clip) {
        return attempts.of(clip);
    }

    /** The last batch failed and nothing of it was committed: it comes again, one clip at a time. */
    public void retry(List<Clip> failed) {
        attempts.failed(failed);
        for (int i = failed.size() - 1; i >= 0; i--) {
            waiting.addFirst(failed.get(i));
        }
    }

    /**
     * Commits what the last batch came to.
     *
     * @throws PublishException.Undeliverable when Kafka will never take it; that counts as an attempt that failed
     * @throws PublishException when it was not, or may not have been, committed
     */
    public void commit(List<Clip> clips, Result result) {
        boolean isOpen = true;
        try {
            producer.beginTransaction();
            result.verdicts().forEach(this::sendVerdict);
            result.states()
                    .forEach((partition, states) -> states.forEach((key, state) ->
                            send(new ProducerRecord<>(topics.states(), partition, key, state.orElse(null)))));
            result.deadLetter().ifPresent(why -> sendDeadLetter(clips.get(0), why));
            // The states are there before the offsets can be: who takes a partition over finds both or neither.
            producer.flush();
            producer.sendOffsetsToTransaction(ends(clips), consumer.groupMetadata());
            isOpen = false;
            producer.commitTransaction();
            attempts.succeeded(clips);
        } catch (KafkaException e) {
            PublishException failure = clients.failure(e);
            if (isOpen && !(failure instanceof PublishException.Undeliverable)) {
                takeMarksBack();
            }
            throw failure;
        }
    }

    /** Nothing of the batch was committed, and not because of its clips. */
    private void takeMarksBack() {
        try {
            consumer.commitSync(attempts.before());
        } catch (KafkaException e) {
            LOG.debug("the marks stay", e);
        }
    }

    private void sendVerdict(CloudEvent event) {
        send(KafkaMessageFactory.<String>createWriter(clients.settings().topic(), null, null, VerdictEvent.key(event))
                .writeBinary(event));
    }

    private void sendDeadLetter(Clip clip, String why) {
        var letter = new ProducerRecord<>(
                topics.deadLetters(),
                null,
                clip.message().key(),
                clip.message().value(),
                clip.message().headers());
        header(letter, "unmask_reason", why);
        header(letter, "unmask_attempts", String.valueOf(failedAttempts(clip)));
        header(letter, "unmask_origin", clip.toString());
        send(letter);
    }

    /** What comes of it is told by the transaction's commit. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(ProducerRecord<String, byte[]> message) {
        producer.send(message);
    }

    private static void header(ProducerRecord<String, byte[]> letter, String name, String value) {
        letter.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<TopicPartition, OffsetAndMetadata> ends(List<Clip> clips) {
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        clips.forEach(clip -> ends.put(
                Attempts.partition(clip), new OffsetAndMetadata(clip.message().offset() + 1)));
        return ends;
    }

    /** Leaves the group; what was not committed is another member's. */
    @Override
    public void close() {
        closing = true;
        // A transaction that is open is undone by Kafka, or by the next one of this member's name.
        producer.close(Duration.ZERO);
        consumer.close();
        states.close();
    }

    private final class Rebalance implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            if (partitions.isEmpty()) {
                return;
            }
            // Waits for transactions that are open: only then is certain what the last owner has done.
            attempts.assigned(consumer.committed(Set.copyOf(partitions)), partitions);
            for (TopicPartition partition : partitions) {
                keeper.assigned(partition.partition(), states.read(partition.partition()));
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> {
                attempts.revoked(partition);
                if (!closing) {
                    keeper.revoked(partition.partition());
                }
            });
        }
    }
}
