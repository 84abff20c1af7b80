package io.unmask.detector.workers;

import io.cloudevents.CloudEvent;
import io.unmask.config.Settings;
import io.unmask.detector.broker.BrokerException;
import io.unmask.detector.broker.BrokerLease;
import io.unmask.detector.broker.Brokers;
import io.unmask.detector.pipeline.StreamEvent;
import io.unmask.detector.publish.ClipWriter;
import io.unmask.detector.publish.PublishException;
import io.unmask.detector.publish.VerdictConsumer;
import io.unmask.detector.run.Delivery;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.verdict.Verdict;
import io.unmask.ingest.clip.IngestEvent.SourceEnded;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The delivery of a process that reads sources and judges nothing. It writes clips to their topic, and reads back the
 * verdicts that other processes give.
 */
public final class ClipDelivery implements Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(ClipDelivery.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long RETRY_MS = 1_000;

    private final Settings settings;
    private final Listener listener;
    private final BrokerLease broker;
    private final Thread reader = new Thread(this::readBack, "unmask-results");
    private final CountDownLatch ending = new CountDownLatch(1);
    private final AtomicReference<Optional<ClipWriter>> writer = new AtomicReference<>(Optional.empty());
    /** How many events were lost because the broker never answered and no writer could be opened. */
    private final AtomicLong lost = new AtomicLong();

    /** Why the writer could not be opened at the last attempt; empty before the first. */
    private volatile Optional<PublishException> openFailure = Optional.empty();

    private volatile boolean stopped;
    /** The trouble that the listener was told of last; empty when there is none. */
    private Optional<String> toldTrouble = Optional.empty();

    private ClipDelivery(Settings settings, Listener listener, BrokerLease broker) {
        this.settings = settings;
        this.listener = listener;
        this.broker = broker;
        reader.setDaemon(true);
    }

    /**
     * Finds the broker. While it does not answer yet, files wait and live sources drop their oldest clips.
     *
     * @throws BrokerException when there is no broker and none can be started
     */
    public static ClipDelivery start(Settings settings, Listener listener) {
        ClipDelivery delivery = new ClipDelivery(settings, listener, Brokers.obtain(settings));
        delivery.reader.start();
        return delivery;
    }

    /**
     * Makes the sink for the sources' events.
     *
     * @param ends told, by one of Kafka's threads, when a source's last event is stored by the broker
     */
    public Consumer<List<StreamEvent>> sink(ServingModel model, BiConsumer<Verdict.Stream, SourceEnded> ends) {
        ClipSink sink = new ClipSink(model, ends::accept);
        return events ->
                open().ifPresentOrElse(opened -> sink.write(events, opened), () -> lost.addAndGet(events.size()));
    }

    /** The writer, for which this waits while the broker does not answer. Empty when the process ends before it does. */
    private Optional<ClipWriter> open() {
        while (writer.get().isEmpty() && (openFailure.isEmpty() || ending.getCount() > 0)) {
            try {
                writer.set(Optional.of(ClipWriter.open(settings.kafka(), settings.workers(), broker.connection())));
                if (stopped) {
                    stop();
                }
            } catch (PublishException.Unavailable e) {
                openFailure = Optional.of(e);
                tellOfTrouble();
                pause();
            }
        }
        return writer.get();
    }

    /** Tells the listener what keeps clips from arriving. The same trouble is told again only after clips have arrived. */
    private synchronized void tellOfTrouble() {
        Optional<String> trouble =
                writer.get().map(ClipWriter::trouble).orElse(openFailure).map(Throwable::getMessage);
        if (!trouble.equals(toldTrouble)) {
            trouble.ifPresent(listener::trouble);
            toldTrouble = trouble;
        }
    }

    private void pause() {
        try {
            var unused = ending.await(RETRY_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void deliver(List<CloudEvent> events) {
        throw new IllegalStateException("a process that hands its clips over has no verdict to deliver");
    }

    @Override
    public boolean finish() {
        try {
            long left = lost.get();
            if (writer.get().isPresent()) {
                left += writer.get().get().drain(drainTimeout());
            }
            tellOfTrouble();
            if (left > 0) {
                listener.trouble(left + " clips did not reach Kafka; files whose end is among them are read again");
            }
            return left == 0 && !writer.get().map(ClipWriter::hasFailed).orElse(false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public long pending() {
        return writer.get().map(ClipWriter::pending).orElse(0L);
    }

    /** Stops waiting for a broker that does not answer. Any other gets the drain timeout, so that the process does end. */
    @Override
    public void stop() {
        stopped = true;
        if (writer.get().isEmpty()) {
            ending.countDown();
        }
        writer.get()
                .ifPresent(opened -> opened.giveUpAfter(opened.trouble().isPresent() ? Duration.ZERO : drainTimeout()));
    }

    private Duration drainTimeout() {
        return Duration.ofMillis(settings.outbox().drainTimeoutMs());
    }

    @Override
    public Optional<String> summary() {
        return Optional.empty();
    }

    @Override
    public void close() {
        ending.countDown();
        writer.get().ifPresent(ClipWriter::close);
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        broker.close();
    }

    private void readBack() {
        while (ending.getCount() > 0) {
            try (VerdictConsumer consumer =
                    VerdictConsumer.open(settings.kafka(), broker.connection(), VerdictConsumer.Start.NOW)) {
                while (ending.getCount() > 0) {
                    consumer.poll(POLL).forEach(listener::arrived);
                    tellOfTrouble();
                }
            } catch (PublishException e) {
                LOG.warn("the workers' verdicts cannot be read back at the moment: {}", e.getMessage());
                // Clips may not arrive either.
                tellOfTrouble();
                pause();
            }
        }
    }
}
