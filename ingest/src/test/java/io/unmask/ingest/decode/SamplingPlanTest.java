package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SamplingPlanTest {
    private static final long NONE = Long.MIN_VALUE;

    private final SamplingPlan plan = plan(0);

    private static SamplingPlan plan(long startMicros) {
        return new SamplingPlan(stamp -> stamp, new PresentationClock(startMicros, 40_000), new Sampler(8));
    }

    /** A group's last frame is decoded first, as those between refer to it. */
    @Property(tries = 300)
    void shouldWantJustTheFramesThatTheSamplerPicksWhenTheyAreDecodedInAnotherOrder(
            @ForAll @Size(min = 2, max = 100) List<@IntRange(min = 1, max = 300_000) Integer> gaps,
            @ForAll @IntRange(min = 1, max = 8) int group) {
        SamplingPlan plan = plan(0);
        List<Long> shown = shown(gaps);
        List<Long> decoded = regrouped(shown, group);
        List<Long> picked = picked(shown);
        List<Long> wanted = new ArrayList<>();
        int next = 0;
        for (int read = 0; read < decoded.size(); read++) {
            plan.add(decoded.get(read), read == 0 ? shown.get(0) - 1 : shown.get(read - 1), false);
            for (; next <= read && plan.isSettled(decoded.get(next)); next++) {
                if (plan.wants(decoded.get(next))) {
                    wanted.add(decoded.get(next));
                }
            }
        }
        plan.end();
        decoded.subList(next, decoded.size()).stream().filter(plan::wants).forEach(wanted::add);

        assertThat(wanted).containsExactlyInAnyOrderElementsOf(picked);
    }

    @Test
    void shouldNotBeCertainAboutAFrameWhileOneThatIsShownBeforeItMayCome() {
        plan.add(0, -1, false);
        plan.add(120_000, 0, false);
        assertThat(plan.isSettled(120_000)).isFalse();

        plan.add(40_000, 40_000, false);
        assertThat(plan.isSettled(40_000)).isTrue();
        assertThat(plan.isSettled(120_000)).isFalse();

        plan.add(200_000, 120_000, false);
        assertThat(plan.isSettled(120_000)).isTrue();
    }

    @Test
    void shouldBeCertainAboutAllWhenNoPacketComesAnyMore() {
        plan.add(0, -1, false);
        plan.add(120_000, 0, false);
        plan.end();

        assertThat(plan.isSettled(120_000)).isTrue();
        assertThat(plan.wants(120_000)).isTrue();
    }

    @Test
    void shouldWantEveryFrameFromAStampOnThatMakesNoSense() {
        assertWantsAllAfter(NONE, 80_000);
        assertWantsAllAfter(40_000, 80_000); // came already
        assertWantsAllAfter(120_000, 40_000); // decoded no later than the one before
        assertWantsAllAfter(80_000, 120_000); // shown before it is decoded
        assertWantsAllAfter(90_000_000, 89_000_000); // a hole that the clock closes
    }

    private static void assertWantsAllAfter(long presentation, long decode) {
        SamplingPlan plan = plan(0);
        plan.add(0, 0, false);
        plan.add(40_000, 40_000, false);
        assertThat(plan.wants(40_000)).isFalse();

        plan.add(presentation, decode, false);
        plan.end();
        LongStream.rangeClosed(1, 5).map(n -> 90_000_000 + n * 40_000).forEach(stamp -> {
            plan.add(stamp, stamp, false);
            assertThat(plan.isSettled(stamp)).isTrue();
            assertThat(plan.wants(stamp)).isTrue();
        });
    }

    @Test
    void shouldWantEveryFrameWhenTheFirstIsShownBeforeTheSourcesStart() {
        SamplingPlan late = plan(80_000);
        for (long stamp = 0; stamp < 400_000; stamp += 40_000) {
            late.add(stamp, stamp, false);
            assertThat(late.wants(stamp)).isTrue();
        }
    }

    @Test
    void shouldWantAFrameThatOthersReferToSoonAfterOneThatNoneRefersTo() {
        // In the order of decoding, 40 ms apart: I B b B P; due are 0 and 120.
        plan.add(0, -80_000, false);
        plan.add(160_000, -40_000, false);
        plan.add(80_000, 0, false);
        plan.add(40_000, 40_000, true);
        plan.add(120_000, 80_000, true);
        plan.add(320_000, 120_000, false);
        assertThat(plan.isSettled(80_000)).isTrue();
        assertThat(plan.isSettled(120_000)).as("before 160 is certain").isFalse();

        plan.add(240_000, 160_000, false);
        assertThat(wanted(0, 40_000, 80_000, 120_000, 160_000)).containsExactly(0L, 160_000L);
    }

    @Test
    void shouldWantAFrameThatNoneRefersToWhenTheNextThatOthersReferToIsFar() {
        plan.add(0, 0, false);
        plan.add(120_000, 120_000, true);
        plan.add(200_000, 200_000, false);
        plan.end();

        assertThat(wanted(0, 120_000, 200_000)).containsExactly(0L, 120_000L);
    }

    @Test
    void shouldWantAFrameThatNoneRefersToWhenAllOfItsIntervalAreSuch() {
        plan.add(0, 0, false);
        plan.add(120_000, 120_000, true);
        plan.add(160_000, 160_000, true);
        plan.add(240_000, 240_000, false);
        plan.end();

        assertThat(wanted(0, 120_000, 160_000, 240_000)).containsExactly(0L, 120_000L, 240_000L);
    }

    @Test
    void shouldWantAFrameThatNoneRefersToWhenItIsTheLast() {
        plan.add(0, 0, false);
        plan.add(120_000, 120_000, true);
        assertThat(plan.isSettled(120_000)).isFalse();

        plan.end();
        assertThat(plan.isSettled(120_000)).isTrue();
        assertThat(plan.wants(120_000)).isTrue();
    }

    private List<Long> wanted(long... stamps) {
        return LongStream.of(stamps)
                .peek(stamp -> assertThat(plan.isSettled(stamp)).as("%d", stamp).isTrue())
                .filter(plan::wants)
                .boxed()
                .toList();
    }

    private static List<Long> shown(List<Integer> gaps) {
        List<Long> shown = new ArrayList<>(List.of(0L));
        gaps.forEach(gap -> shown.add(shown.get(shown.size() - 1) + gap));
        return shown;
    }

    private static List<Long> regrouped(List<Long> shown, int group) {
        List<Long> decoded = new ArrayList<>(shown.subList(0, 1));
        for (int from = 1; from < shown.size(); from += group) {
            int last = Math.min(shown.size(), from + group) - 1;
            decoded.add(shown.get(last));
            decoded.addAll(shown.subList(from, last));
        }
        return decoded;
    }

    private static List<Long> picked(List<Long> shown) {
        Sampler sampler = new Sampler(8);
        return shown.stream().filter(sampler::isDue).toList();
    }
}
