package io.unmask.detector.serve;

import java.time.Clock;
import java.time.Instant;
import java.util.OptionalLong;

/** The state of one source, as it changes. Thread-safe. */
final class StatusLine {
    private final Clock clock;
    private final String uri;
    private final boolean live;
    private SourceState state = SourceState.OPENING;
    private Instant since;
    private String detail = "";
    private int reconnects;

    StatusLine(Clock clock, String uri, boolean live) {
        this.clock = clock;
        this.uri = uri;
        this.live = live;
        since = clock.instant();
    }

    synchronized void set(SourceState newState, String newDetail) {
        if (state != newState) {
            state = newState;
            since = clock.instant();
        }
        detail = newDetail;
    }

    synchronized void reconnected() {
        reconnects++;
    }

    synchronized SourceStatus status(String id, boolean fromFile, OptionalLong lagMillis) {
        return new SourceStatus(id, uri, live, fromFile, state, since, detail, reconnects, lagMillis);
    }
}
