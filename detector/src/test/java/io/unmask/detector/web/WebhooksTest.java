package io.unmask.detector.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.unmask.detector.serve.RefusedException;
import io.unmask.detector.serve.Uploads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = SECONDS)
final class WebhooksTest {
    @TempDir
    Path folder;

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private HttpServer receiver;

    @BeforeEach
    void listen() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            told.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            exchange.sendResponseHeaders(204, -1);
        });
        receiver.start();
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    @Test
    void shouldReachOtherReceiversWhenOneNeverEndsItsAnswerOrHasAnImpossiblePort() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Webhooks webhooks = webhooks()) {
            webhooks.tell(job("impossible", 70_000));
            webhooks.tell(job("silent", silent.getLocalPort()));
            Socket connection = silent.accept();
            connection.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n".getBytes(UTF_8));

            webhooks.tell(job("good", receiver.getAddress().getPort()));

            assertThat(told.take()).contains("\"id\":\"good\"");
            connection.close();
        }
    }

    /** Stopping the service ends its jobs, so their webhooks are due at that moment. */
    @Test
    void shouldDeliverWaitingWebhooksWhenItIsClosed() throws Exception {
        try (Webhooks webhooks = webhooks()) {
            for (int i = 0; i < 3; i++) {
                webhooks.tell(job("cut-" + i, receiver.getAddress().getPort()));
            }
        }

        assertThat(told).hasSize(3);
    }

    @Test
    void shouldRefuseAnEmptySecret() throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "\nsecret\n");

        assertThatThrownBy(() -> Webhooks.of(WebServerTest.web(Optional.of(secret)), Clock.systemUTC()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("its first line is empty");
    }

    private Webhooks webhooks() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret\n");
        return Webhooks.of(WebServerTest.web(Optional.of(secret)), Clock.systemUTC());
    }

    private static Uploads.Job job(String id, int port) {
        return new Uploads.Job(
                id,
                "talk.mp4",
                Uploads.State.DONE,
                Instant.EPOCH,
                Optional.of("real"),
                "",
                Optional.of(URI.create("http://127.0.0.1:" + port + "/hook")));
    }
}
