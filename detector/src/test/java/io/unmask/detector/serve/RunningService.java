package io.unmask.detector.serve;

import io.micrometer.core.instrument.MeterRegistry;
import io.unmask.config.Settings;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** The whole service on a thread of its own, without HTTP. Closing it stops it and waits for its end. */
final class RunningService implements ServeRun.Listener, AutoCloseable {
    private final CompletableFuture<Service> service = new CompletableFuture<>();
    private final CompletableFuture<Boolean> allArrived = new CompletableFuture<>();
    private final List<String> notes = new CopyOnWriteArrayList<>();
    private final ServeRun run;

    RunningService(Settings settings, MeterRegistry meters) {
        run = new ServeRun(
                new ServeRun.Request(settings, Optional.empty(), () -> settings, meters, "test", shown -> {
                    service.complete(shown);
                    return () -> {};
                }),
                this);
        new Thread(this::serve).start();
    }

    private void serve() {
        try {
            allArrived.complete(run.run());
        } catch (Exception e) {
            service.completeExceptionally(e);
            allArrived.completeExceptionally(e);
        }
    }

    /** The service, once it runs. */
    Service service() {
        return service.join();
    }

    /** What was said so far. */
    List<String> notes() {
        return notes;
    }

    /** Ends the service; returns whether all events arrived. */
    boolean stop() {
        run.stop();
        return allArrived.join();
    }

    @Override
    public void note(String line) {
        notes.add(line);
    }

    @Override
    public void trouble(String message) {
        notes.add(message);
    }

    @Override
    public void close() {
        stop();
    }
}
