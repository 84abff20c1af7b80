package io.unmask.detector.broker;

import io.unmask.config.DiskSpace;
import io.unmask.config.PrivateFiles;
import io.unmask.config.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * Kafka's own KRaft server, broker and controller in one, on the loopback interface. The caller holds the folder's
 * lock. Thread-safe.
 */
final class EmbeddedBroker implements AutoCloseable {
    static final String HOST = "127.0.0.1";
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int NODE_ID = 1;
    private static final String CLIENTS = "CLIENTS";
    private static final String CONTROLLER = "CONTROLLER";

    private final int port;
    private final KafkaRaftServer server;

    private EmbeddedBroker(int port, KafkaRaftServer server) {
        this.port = port;
        this.server = server;
    }

    /**
     * Starts a broker and waits until it serves, about two seconds.
     *
     * @param logs formatted when it is new
     * @param access whom to let in
     * @throws BrokerException when the port is taken or the data cannot be used
     */
    static EmbeddedBroker start(Path logs, Settings.Broker settings, BrokerAccess access) {
        requireOneFolder(logs);
        int bound = freePort(settings.port());
        KafkaExit.forbid();
        KafkaRaftServer server = null;
        try {
            format(logs);
            Properties properties = properties(logs, bound, settings.retentionHours());
            putAccess(properties, access);
            server = new KafkaRaftServer(KafkaConfig.fromProps(properties, false), Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(bound, server);
        } catch (Exception e) {
            BrokerException failure =
                    new BrokerException("the embedded broker cannot start on " + logs + ": " + reason(e, logs), e);
            stop(server, failure);
            throw failure;
        }
    }

    /** Kafka splits {@code log.dirs} at commas and has no way to escape one. */
    private static void requireOneFolder(Path logs) {
        if (logs.toString().contains(",")) {
            throw new BrokerException("the embedded broker cannot keep its data in " + logs
                    + ", whose name has a comma: set data-directory to a folder without one");
        }
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void stop(KafkaRaftServer server, BrokerException failure) {
        if (server != null) {
            try {
                server.shutdown();
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private static void format(Path logs) throws Exception {
        if (Files.exists(logs.resolve("meta.properties"))) {
            return;
        }
        PrivateFiles.createDirectories(logs);
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(NODE_ID)
                .setClusterId(Uuid.randomUuid().toString())
                .setDirectories(List.of(logs.toString()))
                .setMetadataLogDirectory(logs.toString())
                .setControllerListenerName(CONTROLLER)
                .setReleaseVersion(MetadataVersion.latestProduction())
                // A start that was killed may have formatted the folder in part.
                .setIgnoreFormatted(true)
                .run();
    }

    private static Properties properties(Path logs, int port, int retentionHours) {
        // Only this process uses the controller's port and no file has it, so that each start may take another one.
        int controllerPort = freePortBeside(port);
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", String.valueOf(NODE_ID));
        properties.put(
                "listeners", "%s://%s:%d,%s://%s:%d".formatted(CLIENTS, HOST, port, CONTROLLER, HOST, controllerPort));
        properties.put("advertised.listeners", "%s://%s:%d".formatted(CLIENTS, HOST, port));
        properties.put("inter.broker.listener.name", CLIENTS);
        properties.put("controller.listener.names", CONTROLLER);
        properties.put("controller.quorum.voters", "%d@%s:%d".formatted(NODE_ID, HOST, controllerPort));
        properties.put("log.dirs", logs.toString());
        properties.put("log.retention.hours", String.valueOf(retentionHours));
        putSingleNode(properties);
        putSmall(properties);
        return properties;
    }

    /** Both listeners ask for the secret: the controller's, too, makes and deletes topics for whoever is let in. */
    private static void putAccess(Properties properties, BrokerAccess access) {
        properties.put(
                "listener.security.protocol.map", "%s:SASL_PLAINTEXT,%s:SASL_PLAINTEXT".formatted(CLIENTS, CONTROLLER));
        properties.put("sasl.enabled.mechanisms", BrokerAccess.MECHANISM);
        properties.put("sasl.mechanism.inter.broker.protocol", BrokerAccess.MECHANISM);
        properties.put("sasl.mechanism.controller.protocol", BrokerAccess.MECHANISM);
        properties.putAll(access.ofListener(CLIENTS));
        properties.putAll(access.ofListener(CONTROLLER));
    }

    private static void putSingleNode(Properties properties) {
        properties.put("auto.create.topics.enable", "false");
        properties.put("num.partitions", "1");
        properties.put("default.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "1");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("transaction.state.log.num.partitions", "1");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("share.coordinator.state.topic.num.partitions", "1");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        // Kafka notices a killed worker, and aborts its transaction, within seconds.
        properties.put("group.consumer.min.session.timeout.ms", "6000");
        properties.put("group.consumer.session.timeout.ms", "6000");
        properties.put("group.consumer.min.heartbeat.interval.ms", "1000");
        properties.put("group.consumer.heartbeat.interval.ms", "1000");
        properties.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        // There is no second replica: what is acknowledged must be on the disk, as it was in the outbox.
        properties.put("log.flush.interval.messages", "1");
        // After a kill, the node waits until its own earlier session has expired: 9 s by default.
        properties.put("broker.session.timeout.ms", "3000");
        properties.put("broker.heartbeat.interval.ms", "500");
    }

    private static void putSmall(Properties properties) {
        properties.put("num.network.threads", "1");
        properties.put("num.io.threads", "2");
        properties.put("background.threads", "2");
        properties.put("log.cleaner.dedupe.buffer.size", String.valueOf(2 << 20));
        properties.put("log.index.size.max.bytes", String.valueOf(1 << 20));
        properties.put("metric.reporters", "");
    }

    /** A free port other than the broker's, which is not bound yet and may be offered again. */
    private static int freePortBeside(int port) {
        int free = freePort(0);
        return free == port ? freePortBeside(port) : free;
    }

    private static int freePort(int wanted) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(LOOPBACK), wanted));
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new BrokerException(
                    "port %d on %s is taken by another program, so that the embedded broker cannot start: set broker.port to a free one, or kafka.bootstrap-servers: %s:%d if the program there is the Kafka that you want"
                            .formatted(wanted, HOST, HOST, wanted),
                    e);
        }
    }

    private static String reason(Throwable failure, Path logs) {
        return DiskSpace.isFull(logs.getParent())
                ? "the disk is full; free some space"
                : rootMessage(failure)
                        + "; if its data is damaged, move the folder away (undelivered verdicts are in the outbox)";
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
