package io.unmask.model.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShamirTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @Property(tries = 100)
    void shouldRestoreASecretFromAnySharesThatAreEnough(
            @ForAll @Size(32) byte[] secret,
            @ForAll @IntRange(min = 1, max = 9) int count,
            @ForAll @IntRange(min = 1, max = 9) int wanted,
            @ForAll long seed) {
        int threshold = Math.min(wanted, count);
        var shares = new ArrayList<>(Shamir.split(secret, count, threshold, RANDOM));
        Collections.shuffle(shares, new Random(seed));

        assertThat(Shamir.combine(shares.subList(0, threshold), 32)).isEqualTo(secret);
        assertThat(Shamir.combine(shares, 32)).isEqualTo(secret);
    }

    /** For any other secret there is a polynomial through the same shares: they fit all secrets alike. */
    @Test
    void shouldSayNothingByTooFewShares() {
        var secret = new byte[32];
        var restored = new HashSet<String>();
        for (int i = 0; i < 50; i++) {
            var shares = Shamir.split(secret, 5, 3, RANDOM);
            var fourth = Shamir.split(new byte[] {1}, 5, 3, RANDOM).get(2);
            try {
                restored.add(
                        HexFormat.of().formatHex(Shamir.combine(List.of(shares.get(0), shares.get(1), fourth), 66)));
            } catch (IllegalArgumentException e) {
                restored.add("too long " + i);
            }
        }
        assertThat(restored).as("each foreign third share gives another secret").hasSize(50);
    }

    @Test
    void shouldRefuseSharesOfDifferentSecrets() {
        var one = Shamir.split(new byte[32], 3, 2, RANDOM);
        var other = Shamir.split(new byte[32], 3, 2, RANDOM);
        assertThatThrownBy(() -> Shamir.combine(List.of(one.get(0), other.get(1)), 32))
                .hasMessageContaining("not of one secret");
    }

    /** Test case 1 of RFC 5869. */
    @Test
    void shouldDeriveKeysAsTheRfcSays() {
        var hex = HexFormat.of();
        assertThat(hex.formatHex(Hkdf.key(
                        hex.parseHex("0b".repeat(22)),
                        hex.parseHex("000102030405060708090a0b0c"),
                        hex.parseHex("f0f1f2f3f4f5f6f7f8f9"),
                        42)))
                .isEqualTo("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    }
}
