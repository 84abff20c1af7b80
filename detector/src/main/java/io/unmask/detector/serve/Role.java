package io.unmask.detector.serve;

import io.unmask.config.Settings;
import java.util.Locale;

/** What a process of the service does, as set by {@code workers.role}. */
enum Role {
    /** Reads sources and judges them. */
    ALL,
    /** Reads sources and hands their clips over. */
    INGEST,
    /** Judges clips that other processes hand over. */
    SCORE;

    static Role of(Settings settings) {
        return valueOf(settings.workers().role().toUpperCase(Locale.ROOT));
    }
}
