package io.unmask.samples.make;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a sample clip shows.
 *
 * @param name as users write it and as its file is called
 * @param what one line for people
 * @param damaged whether bytes of the second half are overwritten
 */
record Recipe(String name, String what, int width, List<Cast> cast, boolean damaged) {
    static final int FRAMES = 120;

    static final List<Recipe> ALL = List.of(
            new Recipe("authentic-1", "one person talks", 480, List.of(Cast.own(2, 0)), false),
            new Recipe("authentic-2", "one person talks", 480, List.of(Cast.own(5, 0)), false),
            new Recipe(
                    "forged-1", "authentic-1's person wears another face", 480, List.of(Cast.wearing(2, 6, 0)), false),
            new Recipe(
                    "forged-2", "authentic-2's person wears another face", 480, List.of(Cast.wearing(5, 3, 0)), false),
            new Recipe(
                    "two-faces",
                    "left: authentic; right: wears another face",
                    640,
                    List.of(Cast.own(3, -1.45), Cast.wearing(6, 4, 1.45)),
                    false),
            new Recipe("no-face", "an empty room", 480, List.of(), false),
            new Recipe("damaged", "authentic-1, its second half damaged", 480, List.of(Cast.own(2, 0)), true));

    private static final int HEIGHT = 360;
    private static final double DISTANCE = 8.5;

    Recipe {
        cast = List.copyOf(cast);
    }

    /** Throws {@link IllegalArgumentException} with a line for the user when there is none of this name. */
    static Recipe named(String name) {
        return ALL.stream()
                .filter(recipe -> recipe.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no sample clip " + name + ": must be one of "
                        + ALL.stream().map(Recipe::name).collect(Collectors.joining(", "))));
    }

    /** Another seed is other people in another room. */
    Film film(int seed) {
        int base = 1000 * (seed - 1);
        List<Film.Role> roles = new ArrayList<>();
        for (Cast one : cast) {
            int person = base + one.person();
            Stage stage = Stage.of(person, one.x(), -0.1, DISTANCE);
            Optional<Film.Worn> worn =
                    one.worn().map(face -> Film.Worn.of(new Actor(Identity.of(base + face)), base + face));
            roles.add(new Film.Role(new SceneRenderer.Part(new Actor(Identity.of(person)), stage), person, worn));
        }
        return new Film(
                width, HEIGHT, roles, base + (cast.isEmpty() ? 7 : cast.get(0).person()));
    }

    /** Who stands where, and whose face is worn. */
    record Cast(int person, Optional<Integer> worn, double x) {
        static Cast own(int person, double x) {
            return new Cast(person, Optional.empty(), x);
        }

        static Cast wearing(int person, int face, double x) {
            return new Cast(person, Optional.of(face), x);
        }
    }
}
