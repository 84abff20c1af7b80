package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.unmask.ingest.decode.Taint.Decoded;
import org.junit.jupiter.api.Test;

class TaintTest {
    private final Taint taint = new Taint();

    @Test
    void shouldTouchFramesFromALossToTheNextKeyFrame() {
        taint.lostBefore(3);

        assertThat(touches(2)).isFalse();
        assertThat(touches(3)).isTrue();
        assertThat(touches(9)).isTrue();
        assertThat(key(10)).isFalse();
        assertThat(touches(11)).isFalse();
    }

    @Test
    void shouldNotTouchAKeyFrameBeforeWhichPacketsWereLost() {
        taint.lostBefore(3);

        assertThat(key(3)).isFalse();
    }

    @Test
    void shouldTouchAKeyFrameThatIsItselfDamaged() {
        taint.damagedIn(3);
        assertThat(key(3)).isTrue();
        assertThat(key(4)).isFalse();
    }

    @Test
    void shouldTouchBothPacketsAroundALossOfUnknownPlace() {
        taint.lostAround(3);
        assertThat(key(4)).isTrue();
        assertThat(key(5)).isFalse();
    }

    @Test
    void shouldTouchLeadingFramesThatAreShownBeforeTheKeyFrameThatHeals() {
        taint.damagedIn(5);

        assertThat(touches(4)).isFalse();
        assertThat(touches(11)).isTrue();
        assertThat(key(10)).isFalse();
        assertThat(touches(12)).isFalse();
    }

    @Test
    void shouldNotHealByAKeyFrameFromBeforeTheDamage() {
        taint.damagedIn(12);

        assertThat(key(10)).isFalse();
        assertThat(touches(13)).isTrue();
    }

    @Test
    void shouldHealWhereTheSecondRenewalAfterDamageBegins() {
        taint.begins(10);
        taint.damagedIn(12);
        taint.begins(20);
        taint.begins(30);

        assertThat(touches(20)).isTrue();
        assertThat(touches(29)).isTrue();
        assertThat(touches(30)).isFalse();
    }

    @Test
    void shouldCountAPacketsErrorsOnce() {
        taint.damagedIn(3);
        taint.damagedIn(3);
        taint.lostBefore(7);

        assertThat(touches(2)).isFalse();
        assertThat(taint.newlyDamaged()).isEqualTo(2);
        assertThat(taint.newlyDamaged()).isZero();
    }

    private boolean touches(long packet) {
        return taint.touches(new Decoded(packet, false));
    }

    private boolean key(long packet) {
        return taint.touches(new Decoded(packet, true));
    }
}
