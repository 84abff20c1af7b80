package io.unmask.detector.publish;

import io.unmask.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics by which workers share their work. One holds the clips. One, which is compacted, holds the states of open
 * streams and has a partition for each partition of clips. One holds the dead letters: clips that were set aside.
 */
record ClipTopics(Settings.Workers settings) {
    /** Twice the state of a stream with a hundred faces in sight. */
    static final int MAX_STATE_BYTES = 16 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(ClipTopics.class);
    private static final String RETENTION = "retention.ms";
    private static final String SEGMENT = "segment.ms";
    private static final long SEGMENT_MS = TimeUnit.HOURS.toMillis(1);
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
        clients.ask(admin -> {
            ensure(clients, admin);
            return null;
        });
    }

    private void ensure(KafkaClients clients, Admin admin) throws ExecutionException, InterruptedException {
        KafkaClients.ensure(admin, topic(clips(), settings.partitions()).configs(retentionOfFaces()));
        KafkaClients.ensure(admin, topic(deadLetters(), 1).configs(retentionOfFaces()));
        int partitions = partitions(clients, admin, clips());
        ensureStates(clients, admin, partitions);
        if (partitions(clients, admin, states()) < partitions) {
            throw clients.failure(new InvalidTopicException("topic " + states() + " has fewer partitions than "
                    + clips() + ", which has " + partitions + ": give it as many, or delete it while no worker runs"));
        }
    }

    private static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, Optional.of(partitions), Optional.empty());
    }

    /** Segments are short because Kafka deletes whole segments only, once they are closed. */
    private Map<String, String> retentionOfFaces() {
        return Map.of(RETENTION, String.valueOf(retentionMs()), SEGMENT, String.valueOf(SEGMENT_MS));
    }

    private long retentionMs() {
        return TimeUnit.HOURS.toMillis(settings.clipsRetentionHours());
    }

    private void ensureStates(KafkaClients clients, Admin admin, int partitions)
            throws ExecutionException, InterruptedException {
        Map<String, String> configs = Map.of(
                "cleanup.policy",
                "compact,delete",
                "max.message.bytes",
                String.valueOf(MAX_STATE_BYTES),
                RETENTION,
                String.valueOf(TimeUnit.DAYS.toMillis(STATE_DAYS)),
                SEGMENT,
                String.valueOf(SEGMENT_MS));
        try {
            KafkaClients.ensure(admin, topic(states(), partitions).configs(configs));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof PolicyViolationException
                    || e.getCause() instanceof InvalidConfigurationException) {
                throw clients.failure(
                        new InvalidTopicException(
                                "topic " + states() + " cannot be made ("
                                        + e.getCause().getMessage()
                                        + "): make it with " + partitions
                                        + " partitions, cleanup.policy=compact,delete and the largest max.message.bytes that this Kafka takes"));
            }
            throw e;
        }
    }

    /** Warns of existing topics that keep faces too long. Their configuration is their owner's and stays as it is. */
    void warnOfLongerRetention(KafkaClients clients) {
        for (String topic : List.of(clips(), deadLetters())) {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            try {
                Map<ConfigResource, Config> configs = clients.ask(
                        admin -> admin.describeConfigs(List.of(resource)).all().get());
                longerRetention(configs.get(resource))
                        .ifPresent(made -> LOG.warn(
                                "topic {} keeps faces for longer than workers.clips-retention-hours = {}: it was made with {}; set them to {} and {}",
                                topic,
                                settings.clipsRetentionHours(),
                                made,
                                retentionMs(),
                                SEGMENT_MS));
            } catch (PublishException e) {
                LOG.debug("the configuration of {} cannot be read", topic, e);
            }
        }
    }

    /** The configuration by which a topic keeps faces too long; empty when it does not, or the broker does not tell. */
    Optional<String> longerRetention(Config config) {
        Optional<Long> retention = millis(config, RETENTION);
        Optional<Long> segment = millis(config, SEGMENT);
        if (retention.isEmpty() || segment.isEmpty()) {
            return Optional.empty();
        }
        boolean isLonger = retention.get() < 0 || retention.get() > retentionMs() + SEGMENT_MS - segment.get();
        return isLonger
                ? Optional.of(RETENTION + "=" + retention.get() + " and " + SEGMENT + "=" + segment.get())
                : Optional.empty();
    }

    private static Optional<Long> millis(Config config, String name) {
        return Optional.ofNullable(config.get(name)).map(ConfigEntry::value).map(Long::valueOf);
    }

    /** Asks again for a while when the topic is unknown: brokers take a moment to learn of a new one. */
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
