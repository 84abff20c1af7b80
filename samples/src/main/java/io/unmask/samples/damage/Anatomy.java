package io.unmask.samples.damage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where a video file keeps its pictures: the {@code mdat} box of an MP4 or MOV (ISO/IEC 14496-12), else all but the
 * first 4 KiB. All the rest is header.
 *
 * @param payloadStart first byte of the pictures
 * @param payloadEnd byte after the last of the pictures
 * @param length of the file
 */
record Anatomy(int payloadStart, int payloadEnd, int length) {
    private static final int OTHER_HEADER_BYTES = 4096;
    private static final int BOX_HEADER_BYTES = 8;

    /** @throws IllegalArgumentException when the file is too small to have both */
    static Anatomy of(byte[] file) {
        if (file.length <= OTHER_HEADER_BYTES) {
            throw new IllegalArgumentException(
                    "only " + file.length + " bytes: a video of more than " + OTHER_HEADER_BYTES + " is needed");
        }
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int at = 0;
        while (at + BOX_HEADER_BYTES <= file.length) {
            int size = bytes.getInt(at);
            String type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
            if (size < BOX_HEADER_BYTES || size > file.length - at || (at == 0 && !type.equals("ftyp"))) {
                break;
            }
            if (type.equals("mdat") && size > BOX_HEADER_BYTES) {
                return new Anatomy(at + BOX_HEADER_BYTES, at + size, file.length);
            }
            at += size;
        }
        return new Anatomy(OTHER_HEADER_BYTES, file.length, file.length);
    }

    int payloadBytes() {
        return payloadEnd - payloadStart;
    }

    int headerBytes() {
        return length - payloadBytes();
    }

    /** Place in the file of the n-th byte of the payload. */
    int payload(int n) {
        return payloadStart + n;
    }

    /** Place in the file of the n-th byte that is not payload. */
    int header(int n) {
        return n < payloadStart ? n : n + payloadBytes();
    }
}
