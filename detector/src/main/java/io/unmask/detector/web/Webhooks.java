package io.unmask.detector.web;

import io.unmask.config.Daemons;
import io.unmask.config.Settings;
import io.unmask.detector.serve.RefusedException;
import io.unmask.detector.serve.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts jobs that are over to their webhooks. The header {@code X-Unmask-Signature} is {@code sha256=} and the HMAC-SHA-256,
 * in hexadecimal, of the header {@code X-Unmask-Timestamp} (seconds since 1970), a dot and the body. The time stamp lets a
 * receiver refuse an old message, so that an intercepted one cannot be replayed.
 */
final class Webhooks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 6;
    private static final int STOP_SECONDS = 5;

    private final Optional<String> secret;
    private final Clock clock;
    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final AtomicInteger undelivered = new AtomicInteger();
    private final ScheduledExecutorService thread = new ScheduledThreadPoolExecutor(
            1,
            Daemons.named("unmask-webhooks"),
            // A retry that falls due after the end of the service is discarded and counted as undelivered.
            new ThreadPoolExecutor.DiscardPolicy());

    private Webhooks(Optional<String> secret, Clock clock) {
        this.secret = secret;
        this.clock = clock;
    }

    /** @throws RefusedException when the settings name a secret's file and no secret can be read from it */
    static Webhooks of(Settings.Web settings, Clock clock) {
        return new Webhooks(settings.webhookSecretFile().map(Webhooks::secret), clock);
    }

    private static String secret(Path file) {
        try {
            return Files.readString(file)
                    .lines()
                    .findFirst()
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .orElseThrow(() -> new RefusedException("web.webhook-secret-file = " + file
                            + ": its first line is empty; it must hold the secret that webhooks are signed with"));
        } catch (IOException e) {
            throw new RefusedException("web.webhook-secret-file cannot be read: " + e);
        }
    }

    /** Whether there is a secret to sign webhooks with. */
    boolean canSign() {
        return secret.isPresent();
    }

    void tell(Uploads.Job job) {
        job.webhook().ifPresent(uri -> {
            undelivered.incrementAndGet();
            thread.execute(() -> send(uri, Json.bytes(job), 1));
        });
    }

    private void send(URI uri, byte[] body, int attempt) {
        try {
            HttpResponse<InputStream> answer =
                    client.send(request(uri, body), HttpResponse.BodyHandlers.ofInputStream());
            // The body is not read: the time-out covers only the headers, and the body might never end.
            answer.body().close();
            if (answer.statusCode() / 100 == 2) {
                undelivered.decrementAndGet();
            } else {
                tryLater(uri, body, attempt, "it answered " + answer.statusCode());
            }
        } catch (IOException | RuntimeException e) {
            tryLater(uri, body, attempt, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tryLater(URI uri, byte[] body, int attempt, String why) {
        if (attempt == ATTEMPTS) {
            LOG.warn("the webhook of {} was given up after {} attempts: {}", uri.getHost(), attempt, why);
            undelivered.decrementAndGet();
            return;
        }
        var unused = thread.schedule(() -> send(uri, body, attempt + 1), 1L << attempt, TimeUnit.SECONDS);
    }

    private HttpRequest request(URI uri, byte[] body) {
        String timestamp = Long.toString(clock.instant().getEpochSecond());
        return HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Content-Type", Json.TYPE)
                .header("X-Unmask-Timestamp", timestamp)
                .header("X-Unmask-Signature", "sha256=" + signature(secret.orElseThrow(), timestamp, body))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    static String signature(String secret, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA-256", e);
        }
    }

    /** Sends what can still be sent within a few seconds, and logs how many webhooks were not delivered. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
        if (undelivered.get() > 0) {
            LOG.warn("the service ends before {} webhooks were delivered", undelivered);
        }
    }
}
