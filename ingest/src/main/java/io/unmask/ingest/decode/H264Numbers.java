package io.unmask.ingest.decode;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Follows the numbers of an H.264 stream's pictures (frame_num; ITU-T H.264, 7.4.3). A step over a number means that
 * pictures are missing to which others refer; FFmpeg fills them in without a word. One thread.
 */
final class H264Numbers {
    private static final int SLICE = 1;
    private static final int PARTITIONED_SLICE = 2;
    private static final int KEY_SLICE = 5;
    private static final int SEQUENCE_SETTINGS = 7;
    private static final int PICTURE_SETTINGS = 8;
    /** Profiles whose settings tell the chroma format and scaling lists. */
    private static final Set<Integer> HIGH = Set.of(100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135);

    /** How many bytes of a slice are read: its header stands in front, and what is asked for is in these. */
    private static final int HEADER_BYTES = 32;

    /** Bytes of each unit's length; 0 when units begin with a start code (Annex B). */
    private int lengthBytes;

    private final Map<Integer, Sequence> sequences = new HashMap<>();
    private final Map<Integer, Integer> sequenceOfPicture = new HashMap<>();
    private int lastNumber = -1;

    /** @param mayStep whether numbers may be left out on purpose */
    private record Sequence(boolean separatePlanes, int numberBits, boolean mayStep) {}

    /** @param settings the stream's header as FFmpeg has it, in either form; may be empty */
    H264Numbers(byte[] settings) {
        begin(settings);
    }

    /** The stream goes on under another header, as FFmpeg has it, in either form. */
    void begin(byte[] settings) {
        lengthBytes = 0;
        if (settings.length > 6 && settings[0] == 1) {
            readHeader(settings);
        } else {
            units(settings, this::settings);
        }
    }

    /** Takes a packet's units one by one; returns false when it wants no more. */
    private interface UnitReader {
        boolean read(int type, boolean isReference, byte[] payload);
    }

    /** Whether pictures are missing before this one. */
    boolean isAfterLoss(byte[] packet) {
        boolean[] loss = {false};
        units(packet, (type, isReference, payload) -> {
            if (type != SLICE && type != PARTITIONED_SLICE && type != KEY_SLICE) {
                return settings(type, isReference, payload);
            }
            loss[0] = slice(type == KEY_SLICE, isReference, payload);
            return false;
        });
        return loss[0];
    }

    private boolean slice(boolean isKey, boolean isReference, byte[] payload) {
        BitReader in = new BitReader(payload);
        in.unsigned(); // first_mb_in_slice
        in.unsigned(); // slice_type
        Sequence sequence = Optional.ofNullable(sequenceOfPicture.get(in.unsigned()))
                .map(sequences::get)
                .orElse(null);
        if (sequence == null) {
            return false;
        }
        in.bits(sequence.separatePlanes ? 2 : 0);
        int number = in.bits(sequence.numberBits);
        int next = (lastNumber + 1) % (1 << sequence.numberBits);
        boolean steps = !isKey && lastNumber >= 0 && number != lastNumber && number != next && !sequence.mayStep;
        if (isReference || steps) {
            lastNumber = number;
        }
        return steps;
    }

    private boolean settings(int type, boolean isReference, byte[] payload) {
        BitReader in = new BitReader(payload);
        if (type == PICTURE_SETTINGS) {
            sequenceOfPicture.put(in.unsigned(), in.unsigned());
        } else if (type == SEQUENCE_SETTINGS) {
            int profile = in.bits(8);
            in.bits(16); // constraints, level
            int id = in.unsigned();
            boolean separatePlanes = HIGH.contains(profile) && skipHigh(in);
            int numberBits = 4 + in.unsigned();
            skipOrder(in);
            in.unsigned(); // max_num_ref_frames
            if (numberBits <= 16) {
                sequences.put(id, new Sequence(separatePlanes, numberBits, in.flag()));
            }
        }
        return true;
    }

    /** Returns whether the colours are coded as pictures of their own. */
    private static boolean skipHigh(BitReader in) {
        int chroma = in.unsigned();
        boolean separatePlanes = chroma == 3 && in.flag();
        in.unsigned(); // bit depths
        in.unsigned();
        in.flag(); // qpprime_y_zero_transform_bypass_flag
        if (in.flag()) {
            for (int list = 0; list < (chroma == 3 ? 12 : 8); list++) {
                if (in.flag()) {
                    skipScaling(in, list < 6 ? 16 : 64);
                }
            }
        }
        return separatePlanes;
    }

    private static void skipScaling(BitReader in, int size) {
        int last = 8;
        int next = 8;
        for (int i = 0; i < size && next != 0; i++) {
            next = Math.floorMod(last + in.signed(), 256);
            last = next == 0 ? last : next;
        }
    }

    private static void skipOrder(BitReader in) {
        int kind = in.unsigned();
        if (kind == 0) {
            in.unsigned();
        } else if (kind == 1) {
            in.flag();
            in.signed();
            in.signed();
            int count = Math.min(255, in.unsigned());
            for (int i = 0; i < count; i++) {
                in.signed();
            }
        }
    }

    /** The header of MP4 and Matroska (ISO/IEC 14496-15, 5.3.3.1). */
    private void readHeader(byte[] header) {
        lengthBytes = (header[4] & 3) + 1;
        int at = 6;
        for (int kind = 0, count = header[5] & 31; kind < 2; kind++) {
            for (int i = 0; i < count && at + 2 < header.length; i++) {
                int length = (header[at] & 255) << 8 | (header[at + 1] & 255);
                unit(header, at + 2, Math.min(header.length, at + 2 + length), this::settings);
                at += 2 + length;
            }
            count = at < header.length ? header[at++] & 255 : 0;
        }
    }

    private void units(byte[] packet, UnitReader reader) {
        if (lengthBytes > 0) {
            unitsByLength(packet, reader);
        } else {
            unitsByStartCode(packet, reader);
        }
    }

    private void unitsByLength(byte[] packet, UnitReader reader) {
        int at = 0;
        while (at + lengthBytes < packet.length) {
            long length = 0;
            for (int i = 0; i < lengthBytes; i++) {
                length = length << 8 | (packet[at++] & 255);
            }
            int end = (int) Math.min(packet.length, at + length);
            if (!unit(packet, at, end, reader)) {
                return;
            }
            at = end;
        }
    }

    private static void unitsByStartCode(byte[] packet, UnitReader reader) {
        int start = startCode(packet, 0);
        while (start < packet.length) {
            int end = startCode(packet, start + 3);
            if (!unit(packet, start + 3, end, reader)) {
                return;
            }
            start = end;
        }
    }

    /** The place of the next start code (0, 0, 1), or the end when there is none. */
    private static int startCode(byte[] packet, int from) {
        for (int at = from; at + 2 < packet.length; at++) {
            if (packet[at] == 0 && packet[at + 1] == 0 && packet[at + 2] == 1) {
                return at;
            }
        }
        return packet.length;
    }

    private static boolean unit(byte[] packet, int start, int end, UnitReader reader) {
        if (start >= end) {
            return true;
        }
        int type = packet[start] & 31;
        boolean isSettings = type == SEQUENCE_SETTINGS || type == PICTURE_SETTINGS;
        int count = isSettings ? end - start - 1 : Math.min(HEADER_BYTES, end - start - 1);
        byte[] payload = new byte[count];
        System.arraycopy(packet, start + 1, payload, 0, count);
        return reader.read(type, (packet[start] & 0x60) != 0, payload);
    }
}
