package io.unmask.detector.web;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.unmask.config.Settings;
import io.unmask.detector.serve.RefusedException;
import io.unmask.detector.serve.Service;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The service's HTTP server. */
public final class WebServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    private static final long MAX_BODY_BYTES = 1 << 16;
    private static final long MAX_REST_BYTES = 8 << 20;
    private static final long MAX_REST_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final Map<String, Resource> PAGE = Map.of(
            "/", new Resource("index.html", "text/html; charset=utf-8"),
            "/page.js", new Resource("page.js", "text/javascript; charset=utf-8"),
            "/page.css", new Resource("page.css", "text/css; charset=utf-8"),
            "/openapi.json", new Resource("openapi.json", "application/json"));

    /** A packaged file that is served as it is. */
    private record Resource(String file, String contentType) {}

    private final Service service;
    private final PrometheusMetrics metrics;
    private final Guard guard;
    private final EventStream events;
    private final Webhooks webhooks;
    private final Javalin server;

    private WebServer(Service service, PrometheusMetrics metrics, Token token) {
        this.service = service;
        this.metrics = metrics;
        guard = new Guard(token);
        events = new EventStream(service.feed());
        webhooks = Webhooks.of(service.settings().web(), Clock.systemUTC());
        service.uploads().onDone(webhooks::tell);
        server = Javalin.create(this::configure);
    }

    /**
     * Starts the server.
     *
     * @param notes told its address
     * @throws RefusedException when the port is taken or the token cannot be read
     */
    public static WebServer start(Service service, PrometheusMetrics metrics, Consumer<String> notes) {
        Settings.Web web = service.settings().web();
        Token token = Token.of(service.settings());
        WebServer started = new WebServer(service, metrics, token);
        try {
            started.server.start(web.host(), web.port());
        } catch (RuntimeException e) {
            started.close();
            throw new RefusedException("web.host = " + web.host() + ", web.port = " + web.port()
                    + ": cannot listen there; choose another port or stop who listens (" + e.getMessage() + ")");
        }
        notes.accept("page and API at http://" + host(web) + ":" + started.port() + "/, token in " + token.file());
        return started;
    }

    /** The host as it is written in a URL, with brackets around an IPv6 address. */
    private static String host(Settings.Web web) {
        return web.host().contains(":") ? "[" + web.host() + "]" : web.host();
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        events.close();
        server.stop();
        webhooks.close();
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.maxRequestSize = MAX_BODY_BYTES;
        config.http.prefer405over404 = true;
        config.jetty.modifyHttpConfiguration(http -> {
            http.setSendServerVersion(false);
            http.setSendDateHeader(true);
        });
        routes(config.routes);
        failures(config.routes);
    }

    private void routes(RoutesConfig routes) {
        routes.before(WebServer::protect);
        routes.before("/api/*", request -> {
            if (!request.path().equals("/api/v1/session")) {
                guard.require(request);
            }
        });
        routes.post("/api/v1/session", this::signIn);
        PAGE.forEach((path, resource) -> routes.get(path, request -> serve(request, resource)));
        routes.get("/health/live", request -> request.result("alive\n"));
        routes.get("/health/ready", this::ready);
        routes.get("/metrics", this::scrape);
        routes.get("/api/v1/events", events::serve);
        new SourcesApi(service).register(routes);
        new UploadsApi(service, webhooks.canSign()).register(routes);
        new ReviewsApi(service.reviews()).register(routes);
        new ModelsApi(service.models()).register(routes);
        routes.after(WebServer::readRest);
    }

    /**
     * Reads, within bounds, the rest of a body that no handler has read, as of a refused request. If the connection were
     * closed before that, it would be reset, and the client would lose the answer that says why.
     */
    private static void readRest(Context request) throws IOException {
        InputStream body = request.req().getInputStream();
        byte[] buffer = new byte[1 << 16];
        long until = System.nanoTime() + MAX_REST_NANOS;
        long rest = 0;
        for (int count = 0; count >= 0 && rest <= MAX_REST_BYTES && System.nanoTime() < until; rest += count) {
            count = body.read(buffer);
        }
    }

    /** The body of a request to sign in. */
    record SignIn(String token) {}

    private void signIn(Context request) {
        SignIn sent = Json.body(request, SignIn.class);
        guard.signIn(request, sent.token() == null ? "" : sent.token());
        request.status(204);
    }

    private void ready(Context request) {
        service.health()
                .unready()
                .ifPresentOrElse(why -> request.status(503).result(why + "\n"), () -> request.result("ready\n"));
    }

    private void scrape(Context request) {
        service.health().refreshMeters();
        request.contentType("text/plain; version=0.0.4; charset=utf-8").result(metrics.scrape());
    }

    private static void serve(Context request, Resource resource) throws IOException {
        try (InputStream in = WebServer.class.getResourceAsStream(resource.file())) {
            if (in == null) {
                throw new IllegalStateException("resource " + resource.file() + " is missing");
            }
            request.contentType(resource.contentType()).result(in.readAllBytes());
        }
    }

    private static void protect(Context request) {
        request.header(
                        "Content-Security-Policy",
                        "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; form-action 'self'")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer");
    }

    private static void failures(RoutesConfig routes) {
        routes.exception(HttpResponseException.class, (e, request) -> fail(request, e.getStatus(), e.getMessage()));
        routes.exception(RefusedException.class, (e, request) -> fail(request, 409, e.getMessage()));
        // The client has closed the connection, so there is nobody to answer.
        routes.exception(EofException.class, (e, request) -> LOG.debug("a client closed its connection", e));
        routes.exception(Exception.class, (e, request) -> {
            LOG.warn("{} {} failed", request.method(), request.path(), e);
            fail(request, 500, "an internal error; the service's log tells more");
        });
    }

    /** Answers with a problem document (RFC 9457). */
    private static void fail(Context request, int status, String detail) {
        request.status(status)
                .contentType("application/problem+json")
                .result(Json.bytes(Map.of("status", status, "detail", detail)));
    }
}
