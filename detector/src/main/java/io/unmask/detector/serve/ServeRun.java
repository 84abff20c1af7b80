package io.unmask.detector.serve;

import io.cloudevents.CloudEvent;
import io.micrometer.core.instrument.MeterRegistry;
import io.unmask.config.Settings;
import io.unmask.detector.run.Delivery;
import io.unmask.detector.run.KafkaDelivery;
import io.unmask.detector.run.ModelShelf;
import io.unmask.detector.run.ServingModel;
import io.unmask.detector.workers.ClipDelivery;
import io.unmask.detector.workers.ClipWorker;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of {@code unmask serve}: connects sources, model, pipeline, delivery and the HTTP server. Runs once. */
public final class ServeRun {
    private static final Logger LOG = LoggerFactory.getLogger(ServeRun.class);

    private final Request request;
    private final Listener listener;
    private final Clock clock = Clock.systemUTC();
    private final Object lock = new Object();
    private final List<Runnable> endings = new ArrayList<>();
    private volatile Consumer<CloudEvent> arrivals = none -> {};
    private boolean stopped;

    /**
     * What the run is to do.
     *
     * @param file the settings file, which is watched; empty when there is none
     * @param reload reads the settings again
     * @param front opens the service's HTTP server, which is closed at the end
     */
    public record Request(
            Settings settings,
            Optional<Path> file,
            Supplier<Settings> reload,
            MeterRegistry meters,
            String unmaskVersion,
            Function<Service, AutoCloseable> front) {}

    /** Is told how the run goes. */
    public interface Listener {

        /** A line for the operator. */
        void note(String line);

        /** Something keeps events from arriving. */
        void trouble(String message);
    }

    public ServeRun(Request request, Listener listener) {
        this.request = request;
        this.listener = listener;
    }

    /**
     * Serves until {@link #stop}.
     *
     * @return whether all events arrived
     * @throws RefusedException when a source of the settings cannot be opened, or another process reads sources with the same
     *     data directory
     */
    public boolean run() throws Exception {
        Settings settings = request.settings();
        if (Role.of(settings) == Role.SCORE) {
            return work(settings);
        }
        try (ReadersLock lock = ReadersLock.take(settings)) {
            LOG.debug("this process alone reads sources: {}", lock);
            return Role.of(settings) == Role.INGEST ? handOver(settings) : judge(settings);
        }
    }

    private boolean judge(Settings settings) throws Exception {
        try (Delivery delivery = KafkaDelivery.start(settings, new Deliveries())) {
            whenStopped(delivery::stop);
            serve(open(settings), delivery, Assembly::run);
            return delivery.finish();
        }
    }

    private boolean handOver(Settings settings) throws Exception {
        try (ClipDelivery delivery = ClipDelivery.start(settings, new Deliveries())) {
            whenStopped(delivery::stop);
            serve(open(settings), delivery, parts -> parts.handOver(delivery));
            return delivery.finish();
        }
    }

    private boolean work(Settings settings) throws Exception {
        serve(open(settings), new Delivery.Unpublished(none -> {}), parts -> {
            ClipWorker worker = parts.worker(listener::trouble);
            whenStopped(worker::stop);
            parts.work(worker);
        });
        return true;
    }

    /** Ends {@link #run} soon: what was seen is judged and delivered. May be called at any time by any thread. */
    public void stop() {
        List<Runnable> ends;
        synchronized (lock) {
            stopped = true;
            ends = List.copyOf(endings);
        }
        ends.forEach(Runnable::run);
    }

    /** Runs the action when {@link #stop} is called, or at once when it was called already. */
    private void whenStopped(Runnable action) {
        boolean late;
        synchronized (lock) {
            endings.add(action);
            late = stopped;
        }
        if (late) {
            action.run();
        }
    }

    /** The model that was promoted, or else that of the settings. */
    private Judging open(Settings settings) {
        ModelShelf shelf = new ModelShelf(settings.dataDirectory());
        ModelShelf.Standing standing = shelf.standing();
        ServingModel model = ServingModel.open(settings, shelf, standing.serving(), clock);
        return new Judging(model, shelf, standing);
    }

    /** What a process of this role does until it is stopped. */
    private interface Work {
        void run(Assembly parts) throws InterruptedException;
    }

    private void serve(Judging judging, Delivery delivery, Work work) throws Exception {
        try (Assembly parts = new Assembly(request, judging, delivery, clock);
                AutoCloseable front = parts.front()) {
            whenStopped(parts::end);
            arrivals = parts::arrived;
            LOG.debug("the service is shown by {}", front);
            parts.begin(listener::note);
            work.run(parts);
        }
    }

    /** Counts the events that reached Kafka. {@link Assembly#arrived} shows them where other processes judge. */
    private final class Deliveries implements Delivery.Listener {
        @Override
        public void arrived(CloudEvent event) {
            request.meters().counter("unmask.events.delivered").increment();
            arrivals.accept(event);
        }

        @Override
        public void trouble(String message) {
            listener.trouble(message);
        }
    }
}
