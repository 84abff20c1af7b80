package io.unmask.detector.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/** Serves a video over HTTP, and falls silent in the middle of it the first time that it is asked. */
public final class PausingServer implements AutoCloseable {
    private final byte[] video;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicBoolean asked = new AtomicBoolean();
    private final CountDownLatch closing = new CountDownLatch(1);

    public PausingServer(byte[] video) throws IOException {
        this.video = video.clone();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/talk.mp4", this::serve);
        server.setExecutor(threads);
        server.start();
    }

    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/talk.mp4";
    }

    private void serve(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, video.length);
        int first = asked.getAndSet(true) ? video.length : video.length * 2 / 3;
        exchange.getResponseBody().write(video, 0, first);
        exchange.getResponseBody().flush();
        if (first < video.length) {
            try {
                closing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        exchange.close();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdown();
    }
}
