package io.unmask.detector.web;

import io.javalin.http.Context;
import io.javalin.http.TooManyRequestsResponse;
import io.unmask.detector.serve.Feed;
import io.unmask.detector.serve.Feed.Item;
import io.unmask.detector.verdict.EventLine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * {@code /api/v1/events}: each event, once it is stored, as a server-sent event. A client that is too slow misses the oldest
 * events and is told how many. A client that reads nothing for the connection's idle time-out is disconnected.
 */
final class EventStream {
    private static final int WAITING = 256;
    private static final long POLL_MS = 500;
    private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Feed feed;
    private volatile boolean closing;

    EventStream(Feed feed) {
        this.feed = feed;
    }

    /** Ends all streams soon. */
    void close() {
        closing = true;
    }

    /** Occupies the request's thread until the client disconnects. */
    void serve(Context request) throws IOException, InterruptedException {
        try (Feed.Subscription subscription = feed.subscribe(WAITING)
                .orElseThrow(() -> new TooManyRequestsResponse("there are too many readers already"))) {
            request.res().setContentType("text/event-stream; charset=utf-8");
            request.res().setHeader("Cache-Control", "no-store");
            OutputStream out = request.res().getOutputStream();
            write(out, ": unmask\n\n");
            copy(subscription, Optional.ofNullable(request.queryParam("source")), out);
        }
    }

    private void copy(Feed.Subscription subscription, Optional<String> source, OutputStream out)
            throws IOException, InterruptedException {
        long writtenNanos = System.nanoTime();
        while (!closing) {
            Optional<Item> item = subscription.poll(POLL_MS);
            long missed = subscription.missed();
            if (missed > 0) {
                write(out, "event: missed\ndata: " + missed + "\n\n");
            }
            if (item.isPresent()
                    && source.filter(id -> !id.equals(item.get().source())).isEmpty()) {
                write(out, text(item.get()));
                writtenNanos = System.nanoTime();
            } else if (System.nanoTime() - writtenNanos > HEARTBEAT_NANOS) {
                // Without this comment line, nobody would notice that the client has disconnected.
                write(out, ": alive\n\n");
                writtenNanos = System.nanoTime();
            }
        }
    }

    private static String text(Item item) {
        String event = new String(EventLine.of(item.event()), StandardCharsets.UTF_8);
        return "id: " + item.number() + "\nevent: "
                + (item.shadow() ? "shadow" : item.event().getType()) + "\ndata: {\"source\":\"" + item.source()
                + "\",\"event\":" + event + "}\n\n";
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
