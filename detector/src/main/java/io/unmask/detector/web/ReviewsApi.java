package io.unmask.detector.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import io.unmask.detector.serve.ReviewQueue;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code /api/v1/reviews}: suspect faces that wait for a person's review. */
final class ReviewsApi {
    private static final String ALL = "/api/v1/reviews";
    private static final int LONGEST_NAME = 100;

    private final ReviewQueue reviews;

    /** A waiting face in the API's answer. */
    private record Shown(
            String id, String source, Instant at, String verdict, Optional<Double> pFake, String model, int pictures) {}

    /** A person's answer. */
    record Said(ReviewQueue.Answer answer, String who) {}

    ReviewsApi(ReviewQueue reviews) {
        this.reviews = reviews;
    }

    void register(RoutesConfig routes) {
        routes.get(ALL, request -> Json.answer(request, 200, shown()));
        routes.get(ALL + "/{id}/pictures/{number}", this::picture);
        routes.post(ALL + "/{id}", this::answer);
    }

    private List<Shown> shown() {
        return reviews.list().stream()
                .map(entry -> new Shown(
                        entry.id(),
                        entry.source(),
                        entry.at(),
                        entry.verdict().decision().name().toLowerCase(Locale.ROOT),
                        entry.verdict().score().map(score -> score.pFake()),
                        entry.verdict().model().name() + " "
                                + entry.verdict().model().version(),
                        entry.pictures().size()))
                .toList();
    }

    private void picture(Context request) {
        List<byte[]> pictures = reviews.find(request.pathParam("id"))
                .orElseThrow(ReviewsApi::none)
                .pictures();
        int number = number(request.pathParam("number"));
        if (number >= pictures.size()) {
            throw none();
        }
        request.header("Cache-Control", "no-store").contentType("image/jpeg").result(pictures.get(number));
    }

    private static int number(String text) {
        if (!text.matches("\\d{1,3}")) {
            throw none();
        }
        return Integer.parseInt(text);
    }

    private void answer(Context request) {
        Said said = Json.body(request, Said.class);
        if (said.answer() == null) {
            throw new BadRequestResponse("answer: must be fake, authentic or cannot_tell");
        }
        if (said.who() == null || said.who().isBlank() || said.who().length() > LONGEST_NAME) {
            throw new BadRequestResponse("who: must name the person, in up to " + LONGEST_NAME + " characters");
        }
        if (!reviews.answer(request.pathParam("id"), said.answer(), said.who())) {
            throw none();
        }
        request.status(204);
    }

    private static NotFoundResponse none() {
        return new NotFoundResponse("no such face waits for review");
    }
}
