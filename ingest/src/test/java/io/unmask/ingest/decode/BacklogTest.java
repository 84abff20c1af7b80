package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Packets 40 ms apart, a key frame a second, and a bound of one second. */
class BacklogTest {
    private static final long PACKET_MS = 40;
    private static final int KEY_EVERY = 25;

    private final Backlog backlog = new Backlog(1_000, 25);
    private final List<Integer> decoded = new ArrayList<>();

    /** @return whether it was passed over */
    private boolean read(int packet, long lateMs) {
        long now = (packet * PACKET_MS + lateMs) * 1_000_000;
        boolean passed = backlog.passesOver(packet * PACKET_MS * 1_000, packet % KEY_EVERY == 0, now);
        if (!passed) {
            decoded.add(packet);
        }
        return passed;
    }

    @Test
    void shouldPassOverNothingThatComesInTime() {
        for (int packet = 0; packet < 100; packet++) {
            assertThat(read(packet, packet % 2 * 1_000L)).isFalse();
        }
        assertThat(backlog.missed()).isZero();
    }

    @Test
    void shouldGoOnAtAKeyFrameThatComesInGoodTime() {
        for (int packet = 0; packet < 30; packet++) {
            read(packet, 0);
        }
        decoded.clear();
        read(30, 1_001);
        for (int packet = 31; packet <= 50; packet++) {
            assertThat(read(packet, packet == 50 ? 500 : 100)).isTrue();
        }
        for (int packet = 51; packet <= 80; packet++) {
            read(packet, 100);
        }

        assertThat(decoded).startsWith(75).hasSize(6);
        assertThat(backlog.missed()).isEqualTo(45);
    }

    @Test
    void shouldCountWhatWouldHaveBeenSampledOfWhatItPassesOver() {
        Backlog sampled = new Backlog(1_000, 5);
        for (int packet = 0; packet < 50; packet++) {
            long lateMs = packet == 25 ? 2_000 : packet > 25 ? 300 : 0;
            sampled.passesOver(
                    packet * PACKET_MS * 1_000, packet % KEY_EVERY == 0, (packet * PACKET_MS + lateMs) * 1_000_000);
        }

        assertThat(sampled.missed()).isEqualTo(5);
    }

    @Test
    void shouldGoOnAtOnceWhenTheStampsStartAgain() {
        Backlog restarted = new Backlog(1_000, 25);
        List<Integer> passed = new ArrayList<>();
        for (int packet = 0; packet < 200; packet++) {
            long stampMs = packet < 100 ? 60_000 + packet * PACKET_MS : (packet - 100) * PACKET_MS;
            long lateMs = packet < 150 ? 0 : packet == 150 ? 2_000 : 100;
            boolean isKey = packet % KEY_EVERY == 0;
            if (restarted.passesOver(stampMs * 1_000, isKey, (packet * PACKET_MS + lateMs) * 1_000_000)) {
                passed.add(packet);
            }
        }

        assertThat(passed).startsWith(150).endsWith(174).hasSize(25);
        assertThat(restarted.missed()).isEqualTo(25);
    }

    @Test
    void shouldNotWaitForAPresentThatDoesNotComeBack() {
        read(0, 0);
        decoded.clear();
        for (int packet = 1; packet <= 200; packet++) {
            read(packet, 3_000);
        }

        assertThat(decoded).startsWith(150).hasSize(51);
    }
}
