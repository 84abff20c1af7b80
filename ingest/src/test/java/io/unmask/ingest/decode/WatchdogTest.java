package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WatchdogTest {
    private final AtomicLong nanos = new AtomicLong();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Watchdog watchdog = new Watchdog(thread, 5_000, nanos::get);
    private final CountDownLatch hang = new CountDownLatch(1);

    private Void hangUntilReleased() throws InterruptedException {
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(6));
        hang.await();
        return null;
    }

    @Test
    void shouldGiveBackWhatTheCallReturns() throws Exception {
        assertThat(call(() -> 42)).isEqualTo(42);
        watchdog.end(() -> {});
    }

    @Test
    void shouldPassOnTheCallsOwnFailure() {
        assertThatThrownBy(() -> call(() -> {
                    throw SourceException.fatal("broken");
                }))
                .isInstanceOf(SourceException.class)
                .hasMessage("broken");
        watchdog.end(() -> {});
    }

    @Test
    void shouldGoOnWithoutTheCallWhenItGivesNoSignOfLife() throws Exception {
        assertThatThrownBy(() -> call(this::hangUntilReleased))
                .isInstanceOf(Watchdog.StalledException.class)
                .hasMessage("no frame for 5000 ms");
        hang.countDown();
        watchdog.end(() -> {});
        assertThat(thread.isTerminated()).isTrue();
    }

    @Test
    void shouldWaitLongerThanTheLimitWhileTheCallShowsProgress() throws Exception {
        assertThat(call(() -> {
                    for (int second = 0; second < 60; second++) {
                        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
                        watchdog.alive();
                    }
                    return "done";
                }))
                .isEqualTo("done");
        watchdog.end(() -> {});
    }

    @Test
    void shouldReleaseNothingBeforeTheHangingCallReturns() throws Exception {
        CountDownLatch released = new CountDownLatch(1);
        assertThatThrownBy(() -> call(this::hangUntilReleased)).isInstanceOf(Watchdog.StalledException.class);

        watchdog.end(released::countDown);

        assertThat(released.getCount()).isOne();
        hang.countDown();
        assertThat(released.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private <T> T call(Callable<T> nativeCall) throws Exception {
        return watchdog.await(watchdog.start(nativeCall));
    }
}
