package io.unmask.model.generate;

import io.unmask.model.graph.FaceAutoencoder;
import io.unmask.model.graph.Upsampling;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A small decoder that is learnt here. Its name says all of it, as in {@code shuffle-quantised-critic}.
 *
 * @param loss what it learns to make small
 */
public record Design(FaceAutoencoder network, Loss loss) {

    /** What a decoder learns to make small; each leaves another kind of error. */
    public enum Loss {
        /** The mean absolute difference from the face. */
        L1,
        /** The mean square of the difference, which blurs most. */
        L2,
        /** The mean absolute difference, that of the texture, and what tells a critic that the face was drawn. */
        CRITIC
    }

    private static final String QUANTISED = "-quantised";

    /** Every design there is. */
    public static List<Design> all() {
        return Stream.of(Upsampling.values())
                .flatMap(upsampling -> Stream.of(false, true).flatMap(quantised -> Stream.of(Loss.values())
                        .map(loss -> new Design(new FaceAutoencoder(upsampling, quantised), loss))))
                .toList();
    }

    /** The design of this name. */
    public static Optional<Design> of(String name) {
        return all().stream().filter(design -> design.name().equals(name)).findFirst();
    }

    public String name() {
        return (network.upsampling() + (network.quantised() ? QUANTISED : "") + "-" + loss).toLowerCase(Locale.ROOT);
    }
}
