package io.unmask.detector.federate;

import io.unmask.model.federate.AgreementKeys;
import io.unmask.model.federate.ClipBounds;
import io.unmask.model.federate.FederatedAverage;
import io.unmask.model.federate.FixedPoint;
import io.unmask.model.federate.SecureSum;
import io.unmask.model.federate.Shamir;
import io.unmask.model.federate.TensorLayout;
import io.unmask.model.federate.VectorBytes;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the mean update of a closed round. */
record Aggregation(Plan plan, TensorLayout layout, Round round, Inbox inbox) {

    /** Whether enough shares have come to take all masks off. Without secure aggregation there are no masks. */
    boolean canUnmask() {
        return !plan.protection().secure()
                || round.participants().stream()
                        .allMatch(participant -> shares(participant.site()).size() >= plan.quorum());
    }

    /** L2 norms of the survivors' updates before weighting; empty with secure aggregation, whose masks hide them. */
    List<Double> norms() {
        if (plan.protection().secure()) {
            return List.of();
        }
        return round.survivors().stream()
                .map(site -> ClipBounds.norms(
                                        layout,
                                        VectorBytes.floats(inbox.updates().get(site)))
                                .weights()
                        / weight(site))
                .toList();
    }

    /**
     * The mean over the survivors, weighted by their capped examples.
     *
     * @throws GeneralSecurityException when the revealed shares do not fit together, or when the mean is longer than that
     *     of clipped updates can be. With masked updates, this alone shows that a site did not clip
     */
    float[] mean() throws GeneralSecurityException {
        double totalWeight =
                round.survivors().stream().mapToDouble(this::weight).sum();
        double[] sum = plan.protection().secure() ? secureSum() : plainSum();
        ClipBounds.Norms norms = ClipBounds.norms(layout, FederatedAverage.mean(sum, 1));
        Optional<String> fault =
                plan.clippingFault(layout, norms, totalWeight, round.survivors().size());
        if (fault.isPresent()) {
            throw new GeneralSecurityException(
                    "the mean update of " + fault.get() + ": a site sent an update that it did not clip");
        }
        return FederatedAverage.mean(sum, totalWeight);
    }

    private double weight(String site) {
        return FederatedAverage.weight(
                round.participant(site).orElseThrow().examples(), plan.effort().exampleCap());
    }

    private double[] plainSum() {
        return FederatedAverage.sum(round.survivors().stream()
                .map(site -> VectorBytes.floats(inbox.updates().get(site)))
                .toList());
    }

    private double[] secureSum() throws GeneralSecurityException {
        int[] sum = new int[layout.size()];
        for (String site : round.survivors()) {
            int[] masked = VectorBytes.ints(inbox.updates().get(site));
            for (int i = 0; i < sum.length; i++) {
                sum[i] += masked[i];
            }
        }
        Map<String, byte[]> seeds = new HashMap<>();
        Map<String, PrivateKey> gone = new HashMap<>();
        for (Round.Participant participant : round.participants()) {
            String site = participant.site();
            byte[] secret = secret(site);
            if (round.survivors().contains(site)) {
                seeds.put(site, secret);
            } else {
                gone.put(site, AgreementKeys.privateKey(secret));
            }
        }
        secureSum(plan, round).unmask(sum, seeds, gone);
        return decoded(sum);
    }

    /** The masks of a round. */
    static SecureSum secureSum(Plan plan, Round round) throws GeneralSecurityException {
        Map<String, PublicKey> keys = new HashMap<>();
        for (Round.Participant participant : round.participants()) {
            keys.put(
                    participant.site(),
                    AgreementKeys.publicKey(Base64.getDecoder().decode(participant.maskKey())));
        }
        return new SecureSum(keys, plan.federation() + " round " + round.number());
    }

    private byte[] secret(String site) throws GeneralSecurityException {
        try {
            return Shamir.combine(shares(site), AgreementKeys.SCALAR_BYTES);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new GeneralSecurityException("shares of " + site + " do not fit together", e);
        }
    }

    /** As many shares of a site's seed, or of its mask key when its update is missing, as are needed. */
    private List<Shamir.Share> shares(String site) {
        List<Shamir.Share> shares = new ArrayList<>();
        for (SiteMessage.Reveal reveal : inbox.reveals().values()) {
            Map<String, String> kind = round.survivors().contains(site) ? reveal.seeds() : reveal.maskKeys();
            Optional<String> share = Optional.ofNullable(kind.get(site));
            if (share.isPresent() && shares.size() < plan.quorum()) {
                try {
                    shares.add(SealedShares.share(plan, reveal.site(), share.get()));
                } catch (GeneralSecurityException e) {
                    // This is no share; those of other sites may be enough.
                }
            }
        }
        return shares;
    }

    private double[] decoded(int[] sum) {
        FixedPoint weights = plan.fixedPoint(false);
        FixedPoint statistics = plan.fixedPoint(true);
        double[] values = new double[sum.length];
        int at = 0;
        for (TensorLayout.Tensor tensor : layout.tensors()) {
            FixedPoint fixed = tensor.statistic() ? statistics : weights;
            for (int end = at + tensor.size(); at < end; at++) {
                values[at] = fixed.decode(sum[at]);
            }
        }
        return values;
    }
}
