package io.unmask.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

final class NearestNameTest {
    private static final List<String> KEYS = new SettingKeys<>(Settings.class)
            .all().stream().map(SettingKey::name).toList();

    @Property
    void shouldBeAMetric(@ForAll @StringLength(max = 8) String a, @ForAll @StringLength(max = 8) String b) {
        int distance = NearestName.distance(a, b);

        assertThat(distance)
                .isEqualTo(NearestName.distance(b, a))
                .isBetween(Math.abs(a.length() - b.length()), Math.max(a.length(), b.length()));
        assertThat(distance == 0).isEqualTo(a.equals(b));
    }

    @Property
    void shouldGuessAKeyThatOneCharacterWasAddedTo(
            @ForAll @IntRange(max = 1000) int which,
            @ForAll @IntRange(max = 1000) int where,
            @ForAll @AlphaChars char added) {
        String key = KEYS.get(which % KEYS.size());
        int at = where % (key.length() + 1);

        assertThat(NearestName.unknown("key", key.substring(0, at) + added + key.substring(at), KEYS))
                .isEqualTo("unknown key; did you mean " + key + "?");
    }
}
