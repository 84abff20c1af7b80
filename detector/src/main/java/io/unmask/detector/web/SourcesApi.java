package io.unmask.detector.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.unmask.config.SourceSpec;
import io.unmask.detector.serve.Preview;
import io.unmask.detector.serve.Service;
import io.unmask.detector.serve.SourceAddress;
import io.unmask.detector.serve.SourceSet;
import io.unmask.detector.verdict.EventLine;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code /api/v1/sources}. */
final class SourcesApi {
    private static final String ONE = "/api/v1/sources/{id}";
    /**
     * Settings that an HTTP client may not set: they read a file of this machine, let a playlist reach private hosts, or
     * raise a limit on memory.
     */
    private static final Set<String> NOT_OVER_HTTP =
            Set.of("face.yunet-model", "source.allow-private-hosts", "source.process-megabytes");

    private final Service service;
    private final SourceSet sources;

    /** A source as the client sends it. */
    record Wanted(
            String id,
            String uri,
            Optional<String> username,
            Optional<String> password,
            Optional<Boolean> paused,
            Map<String, String> settings) {

        /** Replaces what the client left out with empty values. */
        Wanted {
            username = username == null ? Optional.empty() : username;
            password = password == null ? Optional.empty() : password;
            paused = paused == null ? Optional.empty() : paused;
            settings = settings == null ? Map.of() : settings;
        }

        /** Leaves out the password, so that no log shows it. */
        @Override
        public String toString() {
            return "Wanted[" + id + "]";
        }
    }

    SourcesApi(Service service) {
        this.service = service;
        this.sources = service.sources();
    }

    void register(RoutesConfig routes) {
        routes.get("/api/v1/sources", request -> Json.answer(request, 200, sources.list()));
        routes.post("/api/v1/sources", request -> put(request, Json.body(request, Wanted.class)));
        routes.put(ONE, this::change);
        routes.get(
                ONE,
                request -> Json.answer(
                        request, 200, sources.find(request.pathParam("id")).orElseThrow(SourcesApi::none)));
        routes.delete(ONE, request -> done(request, sources.remove(request.pathParam("id"))));
        routes.post(ONE + "/pause", request -> done(request, sources.pause(request.pathParam("id"), true)));
        routes.post(ONE + "/resume", request -> done(request, sources.pause(request.pathParam("id"), false)));
        routes.get(ONE + "/picture", this::picture);
        routes.get(ONE + "/verdicts", this::verdicts);
    }

    private void change(Context request) {
        Wanted wanted = Json.body(request, Wanted.class);
        if (wanted.id() != null && !wanted.id().equals(request.pathParam("id"))) {
            throw new BadRequestResponse("id: differs from the id in the path");
        }
        put(
                request,
                new Wanted(
                        request.pathParam("id"),
                        wanted.uri(),
                        wanted.username(),
                        wanted.password(),
                        wanted.paused(),
                        wanted.settings()));
    }

    private void put(Context request, Wanted wanted) {
        SourceSpec spec = spec(wanted);
        boolean fresh = sources.put(spec);
        Json.answer(request, fresh ? 201 : 200, sources.find(spec.id()).orElseThrow(SourcesApi::none));
    }

    private static SourceSpec spec(Wanted wanted) {
        if (wanted.id() == null || !wanted.id().matches("[a-z0-9][a-z0-9._-]{0,62}")) {
            throw new BadRequestResponse("id: must be up to 63 of the characters a-z 0-9 . _ -");
        }
        if (wanted.uri() == null || wanted.uri().isBlank()) {
            throw new BadRequestResponse("uri: must be given");
        }
        wanted.settings().forEach((key, value) -> {
            if (value == null) {
                throw new BadRequestResponse("settings." + key + ": must have a value");
            }
            if (NOT_OVER_HTTP.contains(key)) {
                throw new BadRequestResponse("settings." + key + ": can be set in the settings file only");
            }
        });
        return new SourceSpec(
                wanted.id(),
                address(wanted),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                wanted.paused(),
                wanted.settings());
    }

    /** Accepts network addresses only, since a client must not choose files and cameras of this machine. */
    private static String address(Wanted wanted) {
        try {
            SourceUri.Kind kind = SourceUri.parse(wanted.uri()).kind();
            if (kind == SourceUri.Kind.FILE
                    || kind == SourceUri.Kind.WEBCAM
                    || !wanted.uri().contains("://")) {
                throw new BadRequestResponse(
                        "uri: files, folders and cameras of this machine can be set in the settings"
                                + " file only; send a network address, or upload the file");
            }
        } catch (SourceException e) {
            throw new BadRequestResponse("uri: " + e.getMessage());
        }
        return SourceAddress.with(wanted.uri(), wanted.username(), wanted.password());
    }

    private static void done(Context request, boolean found) {
        if (!found) {
            throw none();
        }
        request.status(204);
    }

    private void picture(Context request) {
        String id = request.pathParam("id");
        if (sources.find(id).isEmpty()) {
            throw none();
        }
        Preview preview =
                sources.preview(id).orElseThrow(() -> new NotFoundResponse("there is no picture yet; ask again"));
        request.res().setDateHeader("Last-Modified", preview.at().toEpochMilli());
        request.header("X-Unmask-Width", Integer.toString(preview.width()))
                .header("X-Unmask-Height", Integer.toString(preview.height()))
                .header("Cache-Control", "no-store")
                .contentType("image/jpeg")
                .result(Jpeg.of(preview.frame()));
    }

    private void verdicts(Context request) {
        String id = request.pathParam("id");
        if (sources.find(id).isEmpty()) {
            throw none();
        }
        request.contentType(Json.TYPE)
                .result(service.feed().recent(id).stream()
                        .map(item -> new String(EventLine.of(item.event()), StandardCharsets.UTF_8))
                        .collect(Collectors.joining(",", "[", "]")));
    }

    private static NotFoundResponse none() {
        return new NotFoundResponse("there is no such source");
    }
}
