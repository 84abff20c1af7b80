package io.unmask.detector.serve;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * The state of a source.
 *
 * @param uri without secrets
 * @param live whether it has no end of its own
 * @param fromFile whether it is in the settings file, so that only an edit of that file removes it
 * @param since when the state began
 * @param detail one line for people; empty when there is nothing to add
 * @param reconnects how often pictures came again after they had stopped
 * @param lagMillis how late its newest picture is; empty when it is not live or no picture came
 */
public record SourceStatus(
        String id,
        String uri,
        boolean live,
        boolean fromFile,
        SourceState state,
        Instant since,
        String detail,
        int reconnects,
        OptionalLong lagMillis) {}
