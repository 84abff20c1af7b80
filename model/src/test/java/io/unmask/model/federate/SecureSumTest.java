package io.unmask.model.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SecureSumTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final double BOUND = 2;

    /** A round of so many sites. */
    private static final class Round {
        final Map<String, SecureSum.Secrets> secrets = new TreeMap<>();
        final SecureSum sum;
        final FixedPoint fixed;

        Round(int sites) {
            var keys = new LinkedHashMap<String, PublicKey>();
            for (int i = 0; i < sites; i++) {
                var own = SecureSum.Secrets.generate(RANDOM);
                secrets.put("site" + i, own);
                keys.put("site" + i, own.maskKeys().getPublic());
            }
            sum = new SecureSum(keys, "test/1");
            fixed = new FixedPoint(BOUND, sites);
        }

        int[] masked(String site, float[] update) {
            var encoded = new int[update.length];
            Arrays.setAll(encoded, i -> fixed.encode(update[i]));
            return sum.mask(site, encoded, secrets.get(site));
        }

        double[] total(Map<String, int[]> arrived) {
            var total = new int[arrived.values().iterator().next().length];
            arrived.values().forEach(one -> Arrays.setAll(total, i -> total[i] + one[i]));
            var seeds = new LinkedHashMap<String, byte[]>();
            var gone = new LinkedHashMap<String, PrivateKey>();
            secrets.forEach((site, own) -> {
                if (arrived.containsKey(site)) {
                    seeds.put(site, own.seed());
                } else {
                    // As restored from shares: by its bytes.
                    gone.put(
                            site,
                            AgreementKeys.privateKey(
                                    AgreementKeys.scalar(own.maskKeys().getPrivate())));
                }
            });
            sum.unmask(total, seeds, gone);
            return Arrays.stream(total).mapToDouble(fixed::decode).toArray();
        }
    }

    @Property(tries = 25)
    void shouldGiveThePlainSumOfThoseWhoseUpdateArrived(
            @ForAll @IntRange(min = 3, max = 7) int sites,
            @ForAll @IntRange(min = 0, max = 2) int gone,
            @ForAll @IntRange(min = 1, max = 40_000) int length,
            @ForAll long seed) {
        var round = new Round(sites);
        var random = new Random(seed);
        var arrived = new LinkedHashMap<String, int[]>();
        var plain = new double[length];
        round.secrets.keySet().stream().skip(gone).forEach(site -> {
            var update = new float[length];
            for (int i = 0; i < length; i++) {
                update[i] = (float) (BOUND * (2 * random.nextDouble() - 1));
                plain[i] += update[i];
            }
            arrived.put(site, round.masked(site, update));
        });

        double[] total = round.total(arrived);

        for (int i = 0; i < length; i++) {
            assertThat(total[i]).isCloseTo(plain[i], within(round.fixed.rounding() * 1.000001));
        }
    }

    @Test
    void shouldSumThreeOfFiveWhenTwoAreGoneInMidRound() {
        var round = new Round(5);
        var arrived = new LinkedHashMap<String, int[]>();
        for (String site : List.of("site0", "site2", "site4")) {
            arrived.put(site, round.masked(site, new float[] {0.25f, -1, 2}));
        }

        assertThat(round.total(arrived)).containsExactly(new double[] {0.75, -3, 6}, within(round.fixed.rounding()));
    }

    @Test
    void shouldGiveNoiseWhenASeedIsMissing() {
        var round = new Round(3);
        var total = new int[1000];
        round.secrets.keySet().forEach(site -> {
            int[] one = round.masked(site, new float[1000]);
            Arrays.setAll(total, i -> total[i] + one[i]);
        });
        var two = new LinkedHashMap<String, byte[]>();
        round.secrets.forEach((site, own) -> two.put(site, own.seed()));
        two.remove("site1");
        round.sum.unmask(total, two, Map.of());

        assertThat(chiSquare(total)).isLessThan(CHI_SQUARE_MAX);
        assertThat(Arrays.stream(total).filter(value -> value == 0).count()).isLessThan(5);
    }

    /** 255 degrees of freedom: uniform bytes stay below this but once in ten million runs. */
    private static final double CHI_SQUARE_MAX = 385;

    /**
     * What the coordinator holds before the sites reveal anything is tried by three attacks that each succeed at once on
     * an update without masks: the spread of its bytes, its correlation with the true update, and a guess which of two
     * updates it was.
     */
    @Test
    void shouldHideAnUpdateFromWhoeverHoldsTheMaskedOne() {
        int length = 100_000;
        var update = new float[length];
        for (int i = 0; i < length; i++) {
            update[i] = (float) Math.sin(i * 0.01);
        }
        var round = new Round(3);
        int[] masked = round.masked("site1", update);
        var bare = new int[length];
        Arrays.setAll(bare, i -> round.fixed.encode(update[i]));

        assertThat(chiSquare(masked)).as("bytes of the masked update").isLessThan(CHI_SQUARE_MAX);
        assertThat(chiSquare(bare)).as("the attack finds a bare update").isGreaterThan(10_000);
        assertThat(Math.abs(correlation(masked, update)))
                .as("five standard errors")
                .isLessThan(5 / Math.sqrt(length));
        assertThat(correlation(bare, update))
                .as("the attack finds a bare update")
                .isGreaterThan(0.99);
    }

    @Test
    void shouldGiveNoHintWhichOfTwoUpdatesWasMasked() {
        int right = 0;
        int rightOfBare = 0;
        int tries = 400;
        var random = new Random(3);
        var low = new float[64];
        var high = new float[64];
        Arrays.fill(low, -1);
        Arrays.fill(high, 1);
        for (int i = 0; i < tries; i++) {
            var round = new Round(3);
            boolean isHigh = random.nextBoolean();
            int[] masked = round.masked("site0", isHigh ? high : low);
            right += (mean(masked) > 0) == isHigh ? 1 : 0;
            rightOfBare += (round.fixed.encode(isHigh ? 1 : -1) > 0) == isHigh ? 1 : 0;
        }
        assertThat(right).as("five standard errors of a coin").isBetween(tries / 2 - 50, tries / 2 + 50);
        assertThat(rightOfBare).isEqualTo(tries);
    }

    /** Even who later learns a site's mask keys, as that of a site taken for gone, meets the mask of its own. */
    @Test
    void shouldHideALateUpdateOfASiteWhoseKeysWereRestored() {
        var round = new Round(3);
        int[] late = round.masked("site2", new float[10_000]);
        var pairs = new ArrayList<int[]>();
        for (String other : List.of("site0", "site1")) {
            var one = new SecureSum(Map.of(other, round.sum.participants().get(other)), "test/1");
            var zero = new SecureSum.Secrets(round.secrets.get("site2").maskKeys(), new byte[32]);
            var without = new SecureSum(Map.of(), "test/1").mask("site2", new int[late.length], zero);
            int[] with = one.mask("site2", new int[late.length], zero);
            Arrays.setAll(with, i -> with[i] - without[i]);
            pairs.add(with);
        }
        pairs.forEach(pair -> Arrays.setAll(late, i -> late[i] - pair[i]));

        assertThat(chiSquare(late)).isLessThan(CHI_SQUARE_MAX);
    }

    @Test
    void shouldAgreeOnOneKeyForEachPurpose() throws GeneralSecurityException {
        var one = AgreementKeys.generate();
        var other = AgreementKeys.generate();
        var sent = AgreementKeys.publicKey(other.getPublic().getEncoded());

        assertThat(AgreementKeys.sharedKey(one.getPrivate(), sent, "a"))
                .isEqualTo(AgreementKeys.sharedKey(other.getPrivate(), one.getPublic(), "a"))
                .isNotEqualTo(AgreementKeys.sharedKey(one.getPrivate(), sent, "b"));
    }

    private static double chiSquare(int[] values) {
        byte[] bytes = VectorBytes.of(values);
        var counts = new long[256];
        for (byte b : bytes) {
            counts[b & 0xff]++;
        }
        double expected = bytes.length / 256.0;
        return Arrays.stream(counts)
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
    }

    private static double mean(int[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double correlation(int[] masked, float[] update) {
        double meanMasked = mean(masked);
        double meanUpdate = 0;
        for (float value : update) {
            meanUpdate += value / update.length;
        }
        double both = 0;
        double squaresMasked = 0;
        double squaresUpdate = 0;
        for (int i = 0; i < masked.length; i++) {
            both += (masked[i] - meanMasked) * (update[i] - meanUpdate);
            squaresMasked += Math.pow(masked[i] - meanMasked, 2);
            squaresUpdate += Math.pow(update[i] - meanUpdate, 2);
        }
        return both / Math.sqrt(squaresMasked * squaresUpdate);
    }
}
