package io.unmask.ingest.decode;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.crypto.Cipher;
import javax.crypto.CipherInputStream;

/**
 * What one HTTP address holds, read from the start or from where the reader seeks to. Redirects are followed as far as the
 * {@link HostPolicy} allows; a playlist is read as a whole, so that it cannot grow without end. Java's client instead of
 * FFmpeg's, since that one follows redirects without asking. Used by one thread; {@link #abort} by any.
 */
final class HttpInput {
    private static final int MAX_REDIRECTS = 8;
    private static final int MAX_PLAYLIST_BYTES = 4 << 20;
    private static final int SNIFFED_BYTES = 8;
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private final HostPolicy hosts;
    private final Duration timeout;
    private final Optional<Cipher> cipher;
    private HttpAddress address;
    private Optional<String> authorization = Optional.empty();
    private volatile InputStream body = InputStream.nullInputStream();
    private volatile CompletableFuture<?> request = CompletableFuture.completedFuture(null);
    private volatile boolean aborted;
    private boolean servesParts;
    private long size = -1;
    private long position;
    private boolean isMoved;

    /** @param cipher by which the resource is read, when it is encrypted */
    HttpInput(String url, Optional<Cipher> cipher, HostPolicy hosts, Duration timeout) throws IOException {
        this.address = HttpAddress.parse(url);
        this.cipher = cipher;
        this.hosts = hosts;
        this.timeout = timeout;
    }

    /** The server's refusal. */
    static final class StatusException extends IOException {
        private final int status;

        StatusException(int status) {
            super("the server answers " + status + words(status));
            this.status = status;
        }

        private static String words(int status) {
            return switch (status) {
                case 401, 403 -> " (no permission): check user and password";
                case 404, 410 -> " (not found)";
                case 429, 503 -> " (busy)";
                default -> "";
            };
        }

        /** Whether the server will answer the same when it is asked again. */
        boolean isFinal() {
            return status >= 400 && status < 500 && status != 408 && status != 429;
        }
    }

    /**
     * Sends the request and waits for the answer's head.
     *
     * @param first byte of the resource
     * @param end behind the last byte, or -1
     */
    void open(long first, long end) throws IOException {
        String range = "bytes=" + first + "-" + (end > 0 ? end - 1 : "");
        HttpResponse<InputStream> response = follow(range);
        body = response.body();
        position = first;
        boolean isPart = response.statusCode() == 206;
        if (first > 0 && !isPart) {
            throw new LastingHttpException("the server does not serve parts of a file");
        }
        servesParts = isPart
                || response.headers()
                        .firstValue("Accept-Ranges")
                        .filter("bytes"::equals)
                        .isPresent();
        if (isPart) {
            size = response.headers()
                    .firstValue("Content-Range")
                    .map(text -> text.substring(text.lastIndexOf('/') + 1))
                    .filter(text -> text.matches("\\d{1,18}"))
                    .map(Long::parseLong)
                    .orElse(-1L);
        } else {
            size = response.headers().firstValueAsLong("Content-Length").orElse(-1);
        }
        if (cipher.isPresent()) {
            body = new CipherInputStream(body, cipher.get());
            servesParts = false;
        } else if (first == 0) {
            holdPlaylist();
        }
    }

    private HttpResponse<InputStream> follow(String range) throws IOException {
        boolean loggedIn = false;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; ) {
            hosts.check(address.uri());
            HttpResponse<InputStream> response = send(range);
            int status = response.statusCode();
            Optional<String> location = response.headers().firstValue("Location");
            if (status >= 200 && status < 300) {
                return response;
            }
            response.body().close();
            if (status == 401 && address.user().isPresent() && !loggedIn) {
                loggedIn = true;
                authorization = HttpLogin.answer(
                        response.headers().allValues("WWW-Authenticate"),
                        address.user().get(),
                        address.uri());
            } else if (status >= 300 && status < 400 && location.isPresent()) {
                redirects++;
                address = address.redirected(location.get());
                authorization = Optional.empty();
                loggedIn = false;
            } else {
                throw new StatusException(status);
            }
        }
        throw new LastingHttpException("the server redirects more than " + MAX_REDIRECTS + " times");
    }

    private HttpResponse<InputStream> send(String range) throws IOException {
        HttpRequest.Builder builder;
        try {
            builder = HttpRequest.newBuilder(address.uri())
                    .timeout(timeout)
                    .header("User-Agent", "unmask")
                    .header("Accept", "*/*")
                    .header("Range", range);
        } catch (IllegalArgumentException e) {
            throw new LastingHttpException("its address is not well formed", e);
        }
        try {
            authorization.ifPresent(value -> builder.header("Authorization", value));
        } catch (IllegalArgumentException e) { // whose message holds the header
            throw new LastingHttpException(
                    "its user's name cannot be sent over HTTP; it may hold Latin letters and signs alone");
        }
        CompletableFuture<HttpResponse<InputStream>> answer =
                CLIENT.sendAsync(builder.build(), BodyHandlers.ofInputStream());
        request = answer;
        if (aborted) {
            abort();
        }
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException known ? known : new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", e);
        }
    }

    private void holdPlaylist() throws IOException {
        byte[] head = body.readNBytes(SNIFFED_BYTES);
        String text =
                new String(head, StandardCharsets.UTF_8).replace("\uFEFF", "").stripLeading();
        InputStream rest = body;
        if (text.startsWith("#EXT") || text.startsWith("<?xml") || text.startsWith("<MPD")) {
            byte[] more = rest.readNBytes(MAX_PLAYLIST_BYTES - head.length);
            if (rest.read() >= 0) {
                throw new LastingHttpException(
                        "its playlist has no end: more than " + (MAX_PLAYLIST_BYTES >> 20) + " MB");
            }
            rest.close();
            String playlist = new String(head, StandardCharsets.UTF_8) + new String(more, StandardCharsets.UTF_8);
            byte[] bytes = Playlists.absolute(playlist, address).getBytes(StandardCharsets.UTF_8);
            size = bytes.length;
            servesParts = false;
            body = new ByteArrayInputStream(bytes);
        } else {
            body = new SequenceInputStream(new ByteArrayInputStream(head), rest);
        }
    }

    /** The address at which it was found in the end. */
    HttpAddress address() {
        return address;
    }

    /** Bytes of all of it, or -1 when the server does not say. */
    long size() {
        return size;
    }

    /** Whether reading can go on elsewhere. */
    boolean isSeekable() {
        return servesParts && size > 0;
    }

    /** Goes on reading elsewhere; nothing is asked of the server until then. */
    void seek(long newPosition) {
        isMoved |= newPosition != position;
        position = newPosition;
    }

    long position() {
        return position;
    }

    /** As {@link InputStream#read(byte[], int, int)}. */
    int read(byte[] into, int length) throws IOException {
        if (isMoved) {
            body.close();
            isMoved = false;
            if (position >= size) {
                body = InputStream.nullInputStream();
            } else {
                open(position, -1);
            }
        }
        int count = body.read(into, 0, length);
        position += Math.max(0, count);
        return count;
    }

    /** Ends a wait for the server. */
    void abort() {
        aborted = true;
        request.cancel(true);
        close();
    }

    void close() {
        try {
            body.close();
        } catch (IOException e) {
            throw new UncheckedIOException("closing a connection failed", e);
        }
    }
}
