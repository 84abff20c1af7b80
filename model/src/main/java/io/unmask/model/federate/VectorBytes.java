package io.unmask.model.federate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Vectors as bytes, little-endian. */
public final class VectorBytes {
    private VectorBytes() {}

    public static byte[] of(float[] values) {
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    public static byte[] of(int[] values) {
        var bytes = ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values);
        return bytes.array();
    }

    /** @throws IllegalArgumentException when the bytes are no whole number of values */
    public static float[] floats(byte[] bytes) {
        var values = new float[count(bytes)];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }

    /** @throws IllegalArgumentException when the bytes are no whole number of values */
    public static int[] ints(byte[] bytes) {
        var values = new int[count(bytes)];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(values);
        return values;
    }

    private static int count(byte[] bytes) {
        if (bytes.length % Integer.BYTES != 0) {
            throw new IllegalArgumentException(bytes.length + " bytes are no whole number of values");
        }
        return bytes.length / Integer.BYTES;
    }
}
