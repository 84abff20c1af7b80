package io.unmask.detector.cli;

import io.unmask.model.spec.ModelCard;
import io.unmask.model.spec.ModelCards;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The card of the model in this build, read without unpacking it. */
final class ShippedModel {
    private static final String CARD = "/io/unmask/model/default/" + ModelCard.FILE;

    private ShippedModel() {}

    static String describe() throws IOException {
        return card().map(card -> "model " + card.name() + " " + card.version() + " (" + card.digest() + ")")
                .orElse("no model ships with this build");
    }

    private static Optional<ModelCard> card() throws IOException {
        try (InputStream in = ModelCards.class.getResourceAsStream(CARD)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(ModelCards.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), CARD));
        }
    }
}
