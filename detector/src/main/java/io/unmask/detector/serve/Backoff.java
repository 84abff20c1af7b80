package io.unmask.detector.serve;

import java.util.random.RandomGenerator;

/**
 * How long to wait before a source is opened again. The pause doubles with each attempt, up to a bound, and a random part of
 * at most a half is taken off, so that the cameras of one switch do not all come back at the same moment.
 */
record Backoff(long longestMs, RandomGenerator random) {
    private static final long FIRST_MS = 250;
    private static final int MAX_DOUBLINGS = 24;

    /** @param attempt counted from 1 */
    long pauseMs(int attempt) {
        long whole = Math.min(longestMs, FIRST_MS << Math.min(MAX_DOUBLINGS, attempt - 1));
        return whole / 2 + random.nextLong(whole - whole / 2 + 1);
    }
}
