package io.unmask.detector.federate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.model.federate.ClipBounds;
import io.unmask.model.federate.FixedPoint;
import io.unmask.model.federate.GaussianNoise;
import io.unmask.model.federate.SecureSum;
import io.unmask.model.federate.TensorLayout;
import io.unmask.model.federate.VectorBytes;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The mean of masked updates: nobody sees what one site put into it, but its length shows an update that is too long. */
class MaskedMeanTest {
    private static final List<String> SITES = List.of("bank", "platform", "press");
    private static final TensorLayout LAYOUT =
            new TensorLayout(List.of(new TensorLayout.Tensor("head.kernel", List.of(10_000L), false)));
    private static final Transfer START = Transfer.of(new byte[] {2});
    private static final Plan.Network NETWORK =
            new Plan.Network("small", List.of("real", "fake"), LAYOUT.digest(), START);
    private static final Round.Judgement JUDGEMENT = new Round.Judgement(0.5, 0.7, false);
    private static final double CLIP = 10;

    @TempDir
    Path folder;

    private final Map<String, SiteKeys> keys = new LinkedHashMap<>();

    @BeforeEach
    void makeKeys() throws Exception {
        for (String site : SITES) {
            keys.put(site, SiteKeys.in(folder.resolve(site)));
        }
    }

    @Test
    void shouldBeThatOfUpdatesThatAreClippedToTheFull() throws Exception {
        float[] mean = mean(plan(0), List.of(ofNorm(CLIP), ofNorm(CLIP), ofNorm(CLIP)));

        assertThat(ClipBounds.norms(LAYOUT, mean).weights()).isBetween(9.99, 10.01);
    }

    @Test
    void shouldBeRefusedWhenOneSiteDidNotClip() {
        assertThatThrownBy(() -> mean(plan(0), List.of(ofNorm(CLIP), ofNorm(CLIP), ofNorm(15))))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessage("the mean update of norm 11.7 is not clipped to 10.0: a site sent an"
                        + " update that it did not clip");
    }

    @Test
    void shouldLeaveRoomForTheNoiseOfEachSiteAndNoMore() throws Exception {
        Plan plan = plan(0.5);
        Random random = new Random(1);
        GaussianNoise noise = plan.noise().orElseThrow();
        List<float[]> noisy = new ArrayList<>();
        SITES.forEach(site -> noisy.add(noise.add(ofNorm(CLIP), random)));
        assertThat(ClipBounds.norms(LAYOUT, mean(plan, noisy)).weights())
                .as("noise of deviation 5 in a sum of three")
                .isBetween(160.0, 175.0);
        noisy.set(1, noise.add(ofNorm(600), random));

        assertThatThrownBy(() -> mean(plan, noisy)).isInstanceOf(GeneralSecurityException.class);
    }

    private Plan plan(double noise) {
        return new Plan(
                "faces",
                1,
                3,
                60,
                new Plan.Protection(true, CLIP, 1000, noise, 1e-5, false),
                new Plan.Effort(1, 10, 16),
                Map.of(),
                NETWORK,
                SITES.stream().map(site -> keys.get(site).member(site)).toList());
    }

    private static float[] ofNorm(double norm) {
        float[] values = new float[LAYOUT.size()];
        Arrays.fill(values, (float) (norm / Math.sqrt(values.length)));
        return values;
    }

    /** A whole round of three sites, of which each sends what it likes. */
    private float[] mean(Plan plan, List<float[]> updates) throws GeneralSecurityException {
        Map<String, SecureSum.Secrets> secrets = new HashMap<>();
        Map<String, SiteMessage.Announcement> announcements = new HashMap<>();
        List<Round.Participant> participants = new ArrayList<>();
        for (String site : SITES) {
            SecureSum.Secrets own = SecureSum.Secrets.generate(new SecureRandom());
            secrets.put(site, own);
            String maskKey = Base64.getEncoder()
                    .encodeToString(own.maskKeys().getPublic().getEncoded());
            participants.add(new Round.Participant(site, 16, maskKey, JUDGEMENT));
            Map<String, String> shares =
                    SealedShares.seal(plan, 1, site, keys.get(site).agreementKey(), own);
            announcements.put(
                    site, new SiteMessage.Announcement("faces", 1, site, 16, NETWORK, maskKey, shares, JUDGEMENT));
        }
        Round round = new Round(
                "faces",
                1,
                Round.Stage.CLOSED,
                Instant.EPOCH,
                0,
                START,
                participants,
                SITES,
                List.of(),
                Round.Outcome.NONE);
        Inbox inbox = new Inbox(plan, LAYOUT, round, new RefusingListener());
        for (int i = 0; i < SITES.size(); i++) {
            send(plan, round, SITES.get(i), masked(plan, round, i, updates.get(i), secrets), inbox);
            inbox.take(SiteMessages.envelope(reveal(plan, SITES.get(i), announcements), keys.get(SITES.get(i))));
        }
        return new Aggregation(plan, LAYOUT, round, inbox).mean();
    }

    private static int[] masked(
            Plan plan, Round round, int site, float[] update, Map<String, SecureSum.Secrets> secrets)
            throws GeneralSecurityException {
        FixedPoint fixed = plan.fixedPoint(false);
        int[] encoded = new int[update.length];
        for (int i = 0; i < update.length; i++) {
            encoded[i] = fixed.encode(update[i]);
        }
        return Aggregation.secureSum(plan, round).mask(SITES.get(site), encoded, secrets.get(SITES.get(site)));
    }

    private void send(Plan plan, Round round, String site, int[] masked, Inbox inbox) {
        byte[] bytes = VectorBytes.of(masked);
        SiteMessages.chunks(
                        bytes,
                        new SiteMessages.Place(
                                FederationLink.UPDATES,
                                "faces/" + site,
                                false,
                                SiteMessages.headers(Envelope.CHUNK, plan.federation(), site)),
                        keys.get(site))
                .forEach(inbox::take);
        String maskKey = round.participants().get(SITES.indexOf(site)).maskKey();
        inbox.take(SiteMessages.envelope(
                new SiteMessage.Update("faces", 1, site, START.digest(), maskKey, Transfer.of(bytes)), keys.get(site)));
    }

    /** What a site reveals of the others' seeds, by the shares that they sealed for it. */
    private SiteMessage.Reveal reveal(Plan plan, String holder, Map<String, SiteMessage.Announcement> announcements)
            throws GeneralSecurityException {
        Map<String, String> seeds = new HashMap<>();
        for (String site : SITES) {
            SealedShares.Opened opened = SealedShares.open(
                    plan, announcements.get(site), holder, keys.get(holder).agreementKey());
            seeds.put(site, opened.seed());
        }
        return new SiteMessage.Reveal("faces", 1, holder, seeds, Map.of());
    }

    private static final class RefusingListener implements FederationListener {
        @Override
        public void connected() {}

        @Override
        public void round(Plan plan, Round round) {}

        @Override
        public void refused(String site, String reason) {
            throw new AssertionError(site + ": " + reason);
        }

        @Override
        public void told(String line) {}

        @Override
        public void unreachable(String why) {}
    }
}
