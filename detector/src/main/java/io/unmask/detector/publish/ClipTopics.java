package io.unmask.detector.publish;

import io.unmask.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topics by which processes share work: the clips, what is known of the streams that are open (compacted, a partition
 * for each of the clips'), and the clips that were set aside.
 */
record ClipTopics(Settings.Workers settings) {
    /** What is known of a stream with a hundred faces in sight takes some 8 MB. */
    static final int MOST_STATE_BYTES = 16 << 20;

    private static final int STATE_DAYS = 7;
    private static final long LOOK_AGAIN_MS = 50;

    String clips() {
        return settings.clipsTopic();
    }

    String states() {
        return clips() + ".state";
    }

    String deadLetters() {
        return clips() + ".dlq";
    }

    /**
     * Makes the topics that are absent.
     *
     * @throws PublishException when Kafka refuses, or the topics that are there do not fit each other
     */
    void ensure(KafkaClients clients) {
        Admin admin = clients.admin();
        try {
            String retention = String.valueOf(TimeUnit.HOURS.toMillis(settings.clipsRetentionHours()));
            create(admin, clips(), settings.partitions(), Map.of("retention.ms", retention));
            int partitions = partitions(clients, admin, clips());
            create(
                    admin,
                    states(),
                    partitions,
                    Map.of(
                            "cleanup.policy", "compact,delete",
                            "max.message.bytes", String.valueOf(MOST_STATE_BYTES),
                            "retention.ms", String.valueOf(TimeUnit.DAYS.toMillis(STATE_DAYS)),
                            "segment.ms", String.valueOf(TimeUnit.HOURS.toMillis(1))));
            create(admin, deadLetters(), 1, Map.of());
            if (partitions(clients, admin, states()) < partitions) {
                throw new InvalidTopicException("topic " + states() + " has fewer partitions than " + clips()
                        + ", which has " + partitions + ": give it as many, or delete it while no worker runs");
            }
        } catch (ExecutionException e) {
            throw clients.failure(e.getCause());
        } catch (InvalidTopicException e) {
            throw clients.failure(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PublishException.Unavailable("interrupted while waiting for Kafka", e);
        } finally {
            admin.close();
        }
    }

    private static void create(Admin admin, String topic, int partitions, Map<String, String> configs)
            throws ExecutionException, InterruptedException {
        if (admin.listTopics().names().get().contains(topic)) {
            return;
        }
        try {
            admin.createTopics(Set.of(new NewTopic(topic, Optional.of(partitions), Optional.empty()).configs(configs)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            // Another process was quicker.
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /** A topic that was made a moment ago is not known everywhere at first. */
    private static int partitions(KafkaClients clients, Admin admin, String topic)
            throws ExecutionException, InterruptedException {
        long start = System.nanoTime();
        long patienceNanos = TimeUnit.MILLISECONDS.toNanos(clients.settings().connectTimeoutMs());
        while (true) {
            try {
                return admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic)
                        .partitions()
                        .size();
            } catch (ExecutionException e) {
                boolean absent = e.getCause() instanceof UnknownTopicOrPartitionException;
                if (!absent || System.nanoTime() - start > patienceNanos) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
            }
        }
    }
}
