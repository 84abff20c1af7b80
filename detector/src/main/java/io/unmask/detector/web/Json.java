package io.unmask.detector.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.javalin.http.BadRequestResponse;
import io.javalin.http.Context;
import java.io.IOException;

/** Reads and writes the API's JSON. */
final class Json {
    static final String TYPE = "application/json";

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .addModule(new JavaTimeModule())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
            .build();

    private Json() {}

    static void answer(Context request, int status, Object body) {
        request.status(status).contentType(TYPE).result(bytes(body));
    }

    static byte[] bytes(Object body) {
        try {
            return MAPPER.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @throws BadRequestResponse when the body is no object of the type */
    static <T> T body(Context request, Class<T> type) {
        try {
            T body = MAPPER.readValue(request.bodyAsBytes(), type);
            if (body == null) {
                throw new BadRequestResponse("the body is empty; send a JSON object");
            }
            return body;
        } catch (JsonProcessingException e) {
            // The whole message would quote the body, which may hold a password.
            throw new BadRequestResponse("the body is not the JSON object that is expected"
                    + (e.getLocation() == null
                            ? ""
                            : ", at line " + e.getLocation().getLineNr() + " column "
                                    + e.getLocation().getColumnNr()));
        } catch (IOException e) {
            throw new BadRequestResponse("the body cannot be read");
        }
    }
}
