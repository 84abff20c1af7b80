package io.unmask.detector.federate;

import io.unmask.config.SettingsException;
import io.unmask.config.SettingsSources;
import io.unmask.config.TrainSettings;
import io.unmask.model.federate.ClipBounds;
import io.unmask.model.federate.FixedPoint;
import io.unmask.model.federate.GaussianNoise;
import io.unmask.model.federate.PrivacyAccountant;
import io.unmask.model.federate.TensorLayout;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of a federation, which stay the same from its first to its last round.
 *
 * @param federation its name
 * @param rounds in all
 * @param quorum the fewest updates of which a round makes a model
 * @param deadlineSeconds how long a stage of a round waits for sites
 * @param protection how an update is protected
 * @param effort how much a site trains in a round
 * @param settings hyper-parameters of the training, key to value
 * @param network what is trained
 * @param members who may take part
 */
public record Plan(
        String federation,
        long rounds,
        int quorum,
        long deadlineSeconds,
        Protection protection,
        Effort effort,
        Map<String, String> settings,
        Network network,
        List<Member> members) {

    /** With fewer sites, each could work out another's update from the sum. */
    public static final int MIN_SECURE_SITES = 3;

    /**
     * @param secure whether updates are masked, so that the coordinator sees only their sum
     * @param clipNorm largest L2 norm of an update's weights
     * @param clipStatistics largest L2 norm of its statistics of batch normalisation
     * @param noise standard deviation of the noise, divided by {@code clipNorm}; 0: none
     * @param delta probability with which epsilon may not hold
     * @param ownNormalisation whether each site keeps its batch normalisation to itself (FedBN)
     */
    public record Protection(
            boolean secure,
            double clipNorm,
            double clipStatistics,
            double noise,
            double delta,
            boolean ownNormalisation) {}

    /**
     * @param epochs passes over a site's authentic faces in a round
     * @param maxSteps the most training steps of a site in a round
     * @param exampleCap a site with more examples weighs as if it had this many
     */
    public record Effort(long epochs, long maxSteps, long exampleCap) {}

    /**
     * @param sizes of the network, in words, as in a checkpoint
     * @param labels class names
     * @param layout digest of the names and shapes of the exchanged tensors
     * @param base every tensor of the first model
     */
    public record Network(String sizes, List<String> labels, String layout, Transfer base) {}

    /**
     * The hyper-parameters of the training.
     *
     * @throws FederationException.Refused when this version of unmask does not know one of them
     */
    public TrainSettings trainSettings() {
        try {
            return TrainSettings.loader()
                    .load(new SettingsSources(
                            Optional.empty(), Map.of(), Map.of("user.home", System.getProperty("user.home")), settings))
                    .settings();
        } catch (SettingsException e) {
            throw new FederationException.Refused(
                    "the settings of federation " + federation + " cannot be used here ("
                            + e.problems().get(0) + "): run the same version of unmask everywhere",
                    e);
        }
    }

    ClipBounds bounds() {
        return new ClipBounds(protection.clipNorm(), protection.clipStatistics());
    }

    /**
     * Says which norm of a sum of updates is larger than clipping allows; empty when none is.
     *
     * @param norms of the sum
     * @param totalWeight of these updates in the mean
     * @param sites how many sent them
     * @return such as "norm 15.0 is not clipped to 10.0", where 15.0 is the norm of the mean
     */
    Optional<String> clippingFault(TensorLayout layout, ClipBounds.Norms norms, double totalWeight, int sites) {
        ClipBounds largest = new ClipBounds(
                bounds().weights() * totalWeight + allowance(layout, false, sites),
                bounds().statistics() * totalWeight + allowance(layout, true, sites));
        if (largest.allow(norms)) {
            return Optional.empty();
        }
        return Optional.of(
                largest.allowWeights(norms)
                        ? "norm %.3g of the statistics is not clipped to %.3g"
                                .formatted(norms.statistics() / totalWeight, bounds().statistics())
                        : "norm %.3g is not clipped to %.3g"
                                .formatted(norms.weights() / totalWeight, bounds().weights()));
    }

    /** By how much noise and rounding may lengthen a sum. Noise exceeds this once in 10^13 sums. */
    private double allowance(TensorLayout layout, boolean statistics, int sites) {
        int size = layout.tensors().stream()
                .filter(tensor -> tensor.statistic() == statistics)
                .mapToInt(TensorLayout.Tensor::size)
                .sum();
        double noise =
                noise().map(part -> part.siteDeviation() * Math.sqrt(sites)).orElse(0.0);
        double rounding = protection.secure() ? fixedPoint(statistics).rounding() : 0;
        return size == 0 ? 0 : noise * (Math.sqrt(size) + 8) + rounding * Math.sqrt(size);
    }

    /** The noise that each site adds: its part of the sum's noise or, when the coordinator sees each update, all of it. */
    Optional<GaussianNoise> noise() {
        return protection.noise() == 0
                ? Optional.empty()
                : Optional.of(
                        new GaussianNoise(protection.noise(), protection.clipNorm(), protection.secure() ? quorum : 1));
    }

    /**
     * Says why a federation cannot be run by this plan.
     *
     * @param exchangesStatistics whether statistics of batch normalisation are exchanged
     */
    public Optional<String> fault(boolean exchangesStatistics) {
        int sites = members.size();
        if (quorum > sites) {
            return Optional.of("--quorum " + quorum + ": only " + sites
                    + " sites are registered; register more, or ask for fewer");
        }
        if (protection.secure() && quorum < MIN_SECURE_SITES) {
            return Optional.of("--secure with --quorum " + quorum + ": from the sum of fewer than " + MIN_SECURE_SITES
                    + " updates a site can work out another's update; ask for a quorum of " + MIN_SECURE_SITES
                    + " or more");
        }
        if (protection.secure() && quorum * 2 <= sites) {
            return Optional.of("--secure with --quorum " + quorum + " of " + sites
                    + " sites: must be more than half of them, so that no two sums of one round can be unmasked");
        }
        if (protection.noise() > 0 && exchangesStatistics) {
            return Optional.of("--noise hides weights only, and statistics of batch normalisation are exchanged: add"
                    + " --batch-norm local, or freeze the encoder");
        }
        return Optional.empty();
    }

    /** The privacy that so many rounds have spent; empty without noise. */
    Optional<Double> epsilon(long endedRounds) {
        return protection.noise() == 0
                ? Optional.empty()
                : Optional.of(new PrivacyAccountant(protection.noise(), protection.delta()).epsilon(endedRounds));
    }

    /** Leaves room for noise of eight standard deviations. A value exceeds that, and is cut off, once in 10^15 times. */
    FixedPoint fixedPoint(boolean statistic) {
        double norm = statistic ? protection.clipStatistics() : protection.clipNorm();
        double noise = noise().map(part -> 8 * part.siteDeviation()).orElse(0.0);
        return new FixedPoint(norm + noise, members.size());
    }

    int indexOf(String site) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).site().equals(site)) {
                return i;
            }
        }
        throw new IllegalArgumentException(site + " is no member");
    }

    Optional<Member> member(String site) {
        return members.stream().filter(member -> member.site().equals(site)).findFirst();
    }
}
