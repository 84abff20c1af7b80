package io.unmask.samples.serve;

import io.unmask.samples.TestSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A broker as a process of its own, which can be killed and started again. */
final class Broker implements AutoCloseable {
    private final Path folder;
    private final int port;
    private UnmaskProcess process;

    private Broker(Path folder) throws IOException {
        this.folder = folder;
        port = TestSettings.in(folder).broker().port();
        start();
    }

    static Broker in(Path folder) throws IOException {
        return new Broker(folder);
    }

    void start() throws IOException {
        List<String> arguments =
                List.of("broker", "-D", "data-directory=" + folder.resolve("broker-data"), "--port", "" + port);
        process = UnmaskProcess.start(folder.resolve("broker.log"), Optional.empty(), arguments);
        process.awaitLine("other programs reach it");
    }

    void kill() throws InterruptedException {
        process.kill();
    }

    Topic topic() throws IOException {
        return Topic.of(folder.resolve("broker-data"));
    }

    @Override
    public void close() throws InterruptedException {
        process.close();
    }
}
