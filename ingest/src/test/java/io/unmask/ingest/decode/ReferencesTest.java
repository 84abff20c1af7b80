package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NAL units' first bytes: 06 is SEI, 09 a delimiter; 01 and 05 are slices that none refer to, 21 to 65 others, 67 and 68 parameter sets. */
class ReferencesTest {
    private static final References LENGTHS = References.ofH264(bytes("01 64001f ff e1 0000"));
    private static final References SHORT_LENGTHS = References.ofH264(bytes("01 64001f fd e1 0000"));
    private static final References START_CODES = References.ofH264(bytes("00000001 67 64001f"));

    @ParameterizedTest
    @ValueSource(strings = {"00000002 01ff", "00000002 0600 00000003 01ffff", "00000002 05ff 00000002 41ff"})
    void shouldKnowByTheFirstSliceBehindLengthsThatNoneRefer(String packet) {
        assertThat(LENGTHS.areNone(bytes(packet))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000002 41ff", "00000002 0600 00000003 65ffff", "00000002 21ff 00000002 01ff"})
    void shouldKnowByTheFirstSliceBehindLengthsThatOthersMayRefer(String packet) {
        assertThat(LENGTHS.areNone(bytes(packet))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000002 67ff 00000002 01ff",
                "00000002 0600 00000002 68ff 00000002 01ff",
                "00000002 07ff 00000002 65ff"
            })
    void shouldKnowThatOthersMayNeedAParameterSet(String packet) {
        assertThat(LENGTHS.areNone(bytes(packet))).isFalse();
    }

    @Test
    void shouldReadLengthsOfTwoBytes() {
        assertThat(SHORT_LENGTHS.areNone(bytes("0002 0600 0003 01ffff"))).isTrue();
        assertThat(SHORT_LENGTHS.areNone(bytes("0002 0600 0003 41ffff"))).isFalse();
    }

    @Test
    void shouldReadStartCodes() {
        assertThat(START_CODES.areNone(bytes("00000001 09f0 000001 01ff"))).isTrue();
        assertThat(START_CODES.areNone(bytes("00000001 09f0 000001 41ff"))).isFalse();
        assertThat(References.ofH264(bytes("")).areNone(bytes("000001 01"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00000002",
                "ffffffff 06",
                "00000000 00000000",
                "7fffffff 0601",
                "7fffffff 01ff",
                "00000003 01ff"
            })
    void shouldBeSureOfNothingWhenThePacketIsBrokenOrHoldsNoSlice(String packet) {
        assertThat(LENGTHS.areNone(bytes(packet))).isFalse();
        assertThat(START_CODES.areNone(bytes(packet))).isFalse();
    }

    @Test
    void shouldBeSureOfNothingInOtherCodecs() {
        assertThat(References.UNKNOWN.areNone(bytes("00000002 01ff"))).isFalse();
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }
}
