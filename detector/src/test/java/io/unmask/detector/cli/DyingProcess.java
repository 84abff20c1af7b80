package io.unmask.detector.cli;

/** Runs out of memory on a thread that the main thread waits for. */
final class DyingProcess {
    private DyingProcess() {}

    public static void main(String[] arguments) throws InterruptedException {
        LastWords.install(Console.ofProcess(), new Shutdown());
        Thread thread = new Thread(
                () -> {
                    throw new OutOfMemoryError("Java heap space");
                },
                "unmask-relay");
        thread.start();
        new java.util.concurrent.CountDownLatch(1).await();
    }
}
