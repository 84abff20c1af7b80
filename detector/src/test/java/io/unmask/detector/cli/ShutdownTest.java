package io.unmask.detector.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class ShutdownTest {

    /** A command that ends once it is asked to, although its stop action never returns. */
    static final class Stuck {
        private Stuck() {}

        public static void main(String[] arguments) throws Exception {
            Shutdown shutdown = new Shutdown();
            CountDownLatch asked = new CountDownLatch(1);
            shutdown.install();
            shutdown.onRequest(() -> {
                asked.countDown();
                await(new CountDownLatch(1));
            });
            System.out.println("ready");
            await(asked);
            shutdown.exit(7);
        }

        private static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void shouldEndInOrderThoughTheStopActionNeverReturns() throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Stuck.class.getName())
                .start();
        try (var out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo("ready");

            process.destroy();

            assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(7);
        } finally {
            process.destroyForcibly();
        }
    }
}
