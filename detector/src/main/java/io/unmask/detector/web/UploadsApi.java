package io.unmask.detector.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.ContentTooLargeResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.unmask.detector.serve.RefusedException;
import io.unmask.detector.serve.Service;
import io.unmask.detector.serve.Uploads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** {@code /api/v1/uploads}: the request's body is the file itself, and is written to disk while it arrives. */
final class UploadsApi {
    private static final String ALL = "/api/v1/uploads";
    private static final int BUFFER = 1 << 16;
    private static final int LONGEST_NAME = 255;
    private static final int HIGHEST_PORT = 65_535;

    private final Uploads uploads;
    private final boolean signs;
    private final long maxBytes;

    /** @param signs whether webhooks can be signed; without that, an upload that asks for one is refused */
    UploadsApi(Service service, boolean signs) {
        this.uploads = service.uploads();
        this.signs = signs;
        this.maxBytes = (long) service.settings().web().maxUploadMegabytes() << 20;
    }

    void register(RoutesConfig routes) {
        routes.post(ALL, this::add);
        routes.get(ALL + "/{id}", request -> Json.answer(request, 200, job(request)));
        routes.get(ALL + "/{id}/events", this::events);
        routes.get(ALL + "/{id}/report", this::report);
    }

    private void add(Context request) throws IOException {
        String name = Optional.ofNullable(request.queryParam("name")).orElse("upload");
        if (name.isBlank() || name.length() > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new BadRequestResponse("name: must be a file's name");
        }
        Optional<URI> webhook = webhook(request);
        if (request.req().getContentLengthLong() > maxBytes) {
            throw tooLarge();
        }
        Path file = uploads.newFile(name);
        Uploads.Job job;
        try {
            if (receive(request.req().getInputStream(), file) == 0) {
                throw new BadRequestResponse("the body is empty; send the file itself");
            }
            job = uploads.add(file, name, webhook);
        } catch (IOException | RuntimeException e) {
            uploads.discard(file);
            throw e;
        }
        request.header("Location", ALL + "/" + job.id());
        Json.answer(request, 202, job);
    }

    private long receive(InputStream body, Path file) throws IOException {
        long received = 0;
        byte[] buffer = new byte[BUFFER];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                received += count;
                if (received > maxBytes) {
                    throw tooLarge();
                }
                write(buffer, count, out);
            }
        }
        return received;
    }

    private static void write(byte[] buffer, int count, OutputStream out) {
        try {
            out.write(buffer, 0, count);
        } catch (IOException e) {
            throw new RefusedException("the upload cannot be kept: " + e.getMessage());
        }
    }

    private ContentTooLargeResponse tooLarge() {
        return new ContentTooLargeResponse(
                "an upload may have at most " + (maxBytes >> 20) + " MB (web.max-upload-megabytes)");
    }

    private Optional<URI> webhook(Context request) {
        String text = request.queryParam("webhook");
        if (text == null) {
            return Optional.empty();
        }
        if (!signs) {
            throw new BadRequestResponse("webhook: webhooks are signed, so set web.webhook-secret-file first");
        }
        try {
            URI uri = URI.create(text);
            if (uri.getHost() != null
                    && uri.getPort() <= HIGHEST_PORT
                    && Set.of("http", "https").contains(uri.getScheme())) {
                return Optional.of(uri);
            }
        } catch (IllegalArgumentException e) {
            // Refused below, like any other invalid address.
        }
        throw new BadRequestResponse("webhook: must be an http or https address");
    }

    private Uploads.Job job(Context request) {
        return uploads.find(request.pathParam("id")).orElseThrow(UploadsApi::none);
    }

    private void events(Context request) throws IOException {
        request.res().setContentType(Json.TYPE);
        if (!uploads.writeEvents(request.pathParam("id"), request.res().getOutputStream())) {
            throw none();
        }
    }

    private void report(Context request) throws IOException {
        Path report = uploads.report(job(request).id())
                .orElseThrow(() -> new NotFoundResponse("the upload is not judged yet"));
        // The report holds pictures and names of a stranger's making, so the browser is to run nothing in it.
        request.header(
                        "Content-Security-Policy",
                        "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'")
                .contentType("text/html; charset=utf-8")
                .result(Files.newInputStream(report));
    }

    private static NotFoundResponse none() {
        return new NotFoundResponse("there is no such upload");
    }
}
