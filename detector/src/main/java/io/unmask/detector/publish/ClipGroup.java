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
 * A member of the consumer group (KIP-848) whose workers share the clips. One transaction commits all that a batch of clips
 * leads to: the verdicts, the new states of the streams, the dead letters and the group's offsets. A reader of committed
 * records therefore sees the verdict on each clip once. After a {@link PublishException}, close the member and join again:
 * its first batch then begins where the last transaction ended. Not thread-safe.
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

    /** Holds the states of the streams in this member's partitions. Called from {@link #poll}. */
    public interface Keeper {

        /** @param states of the partition's streams as its last owner left them, by key */
        void assigned(int partition, Map<String, byte[]> states);

        /**
         * The partition is another member's from now on. {@link #close} does not call this, because a member that joins again
         * may get the partition back.
         */
        void revoked(int partition);
    }

    /** A record of the clips' topic. Anybody may write there, so that it need not hold a clip. */
    public record Clip(ConsumerRecord<String, byte[]> message) {
        public int partition() {
            return message.partition();
        }

        /** @throws EventFormatException when the record holds no event */
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
     * What a batch leads to.
     *
     * @param states of streams, by partition and key; empty for a stream that is over
     * @param deadLetter why the only clip of the batch is set aside; empty when it is not
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
                    // A transaction takes moments here: one that stays open belongs to a process that died.
                    Map.of(
                            "transactional.id",
                            "unmask-score-" + member,
                            "transaction.timeout.ms",
                            TRANSACTION_TIMEOUT_MS),
                    Map.of("compression.type", "zstd", "max.request.size", ClipTopics.MAX_STATE_BYTES));
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
     * @param batch the most clips in a batch
     * @param member a name that no other process has: a transaction that this one left open under it is aborted
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
     * Waits for the next batch of clips. A clip that may be why an earlier batch failed comes alone.
     *
     * @return the batch, which may be empty
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

    /** How many attempts to judge this clip failed before the present one. */
    public int failedAttempts(Clip clip) {
        return attempts.of(clip);
    }

    /** Takes back the last batch, of which nothing was committed. Its clips come again, one at a time. */
    public void retry(List<Clip> failed) {
        attempts.failed(failed);
        for (int i = failed.size() - 1; i >= 0; i--) {
            waiting.addFirst(failed.get(i));
        }
    }

    /**
     * Commits what the last batch leads to.
     *
     * @throws PublishException.Undeliverable when Kafka will never accept it; this counts as a failed attempt
     * @throws PublishException when it was not committed, or it is unknown whether it was
     */
    public void commit(List<Clip> clips, Result result) {
        boolean commitBegun = false;
        try {
            producer.beginTransaction();
            result.verdicts().forEach(this::sendVerdict);
            result.states()
                    .forEach((partition, states) -> states.forEach((key, state) ->
                            send(new ProducerRecord<>(topics.states(), partition, key, state.orElse(null)))));
            result.deadLetter().ifPresent(why -> sendDeadLetter(clips.get(0), why));
            // States are written before the offsets: a member that takes the partition over finds both or neither.
            producer.flush();
            producer.sendOffsetsToTransaction(offsetsAfter(clips), consumer.groupMetadata());
            commitBegun = true;
            producer.commitTransaction();
            attempts.succeeded(clips);
        } catch (KafkaException e) {
            PublishException failure = clients.failure(e);
            if (!commitBegun && !(failure instanceof PublishException.Undeliverable)) {
                uncountAttempts();
            }
            throw failure;
        }
    }

    /** Kafka failed, so that the attempt does not count against the clips of the batch. */
    private void uncountAttempts() {
        try {
            consumer.commitSync(attempts.before());
        } catch (KafkaException e) {
            LOG.debug("the failed attempt stays counted against its clips", e);
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

    /** The future is not needed: a failure to send makes the transaction's commit fail. */
    @SuppressWarnings("FutureReturnValueIgnored")
    private void send(ProducerRecord<String, byte[]> message) {
        producer.send(message);
    }

    private static void header(ProducerRecord<String, byte[]> letter, String name, String value) {
        letter.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsetsAfter(List<Clip> clips) {
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        clips.forEach(clip -> ends.put(
                Attempts.partition(clip), new OffsetAndMetadata(clip.message().offset() + 1)));
        return ends;
    }

    /** Leaves the group. Clips whose batch was not committed go to another member. */
    @Override
    public void close() {
        closing = true;
        // Kafka aborts an open transaction after its timeout, or when a member of this name joins again.
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
            // This waits for open transactions: only then is it certain what the last owner committed.
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
