package io.unmask.detector.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class GuardedTest {

    @Test
    void shouldRunAgainAfterAFailureAndTellAnErrorToTheThreadsHandler() throws InterruptedException {
        BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();
        BlockingQueue<Integer> runs = new LinkedBlockingQueue<>();
        AtomicInteger count = new AtomicInteger();
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task);
            thread.setUncaughtExceptionHandler((failed, error) -> told.add(error));
            return thread;
        });
        Guarded.every(executor, 1, () -> {
            int run = count.incrementAndGet();
            runs.add(run);
            if (run == 1) {
                throw new IllegalStateException("the disk is full");
            }
            if (run == 2) {
                throw new AssertionError("a defect");
            }
        });

        for (int run = 1; run <= 3; run++) {
            assertThat(runs.take()).isEqualTo(run);
        }
        executor.shutdownNow();

        assertThat(told).singleElement().isInstanceOf(AssertionError.class);
    }
}
