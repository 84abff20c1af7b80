package io.unmask.ingest.decode;

/** Reads a NAL unit's payload bit by bit; past its end it reads zeros. Not thread-safe. */
final class BitReader {
    private final byte[] bytes;
    private final int length;
    private long at;

    /** @param nal the unit without its first byte; escapes are taken out (H.264, 7.4.1) */
    BitReader(byte[] nal) {
        bytes = new byte[nal.length];
        int kept = 0;
        int zeros = 0;
        for (byte value : nal) {
            if (zeros >= 2 && value == 3) {
                zeros = 0;
            } else {
                zeros = value == 0 ? zeros + 1 : 0;
                bytes[kept++] = value;
            }
        }
        length = kept;
    }

    int bits(int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 1 | bit();
        }
        return value;
    }

    boolean flag() {
        return bit() == 1;
    }

    private int bit() {
        int index = (int) (at >>> 3);
        int bit = index < length ? bytes[index] >>> (7 - (int) (at & 7)) & 1 : 0;
        at++;
        return bit;
    }

    /** An Exp-Golomb code, ue(v) in H.264, 9.1; 0 past the end. */
    int unsigned() {
        int zeros = 0;
        while (zeros < 32 && bit() == 0) {
            zeros++;
        }
        return zeros == 32 ? 0 : (int) ((1L << zeros) - 1 + (bits(zeros) & 0xffff_ffffL));
    }

    /** se(v) in H.264, 9.1.1. */
    int signed() {
        int code = unsigned();
        return (code & 1) == 1 ? (code >>> 1) + 1 : -(code >>> 1);
    }
}
