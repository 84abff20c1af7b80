package io.unmask.detector.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.unmask.detector.serve.Models;
import java.nio.file.Path;
import java.util.Optional;

/** {@code /api/v1/models}: the models of the service and their roles. */
final class ModelsApi {
    private static final String ALL = "/api/v1/models";
    private static final String SHADOW = ALL + "/shadow";

    private final Models models;

    /** A model directory on the service's machine. */
    record Wanted(String directory) {}

    /** Which model is to serve; the shadow when it is left out. */
    record Chosen(String id) {}

    ModelsApi(Models models) {
        this.models = models;
    }

    void register(RoutesConfig routes) {
        routes.get(ALL, request -> Json.answer(request, 200, models.list()));
        routes.post(ALL, this::install);
        routes.post(ALL + "/promote", this::promote);
        routes.post(ALL + "/rollback", request -> Json.answer(request, 200, models.rollback()));
        routes.delete(SHADOW, request -> Json.answer(request, 200, models.withoutShadow()));
    }

    private void install(Context request) {
        Wanted wanted = Json.body(request, Wanted.class);
        if (wanted.directory() == null || !wanted.directory().matches("/[^\\x00]{0,4000}")) {
            throw new BadRequestResponse("directory: must be the absolute path of a model directory on this machine");
        }
        Json.answer(request, 201, models.install(Path.of(wanted.directory())));
    }

    private void promote(Context request) {
        String id = request.bodyAsBytes().length == 0
                ? null
                : Json.body(request, Chosen.class).id();
        Json.answer(request, 200, models.promote(Optional.ofNullable(id)));
    }
}
