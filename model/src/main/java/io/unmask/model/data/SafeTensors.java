package io.unmask.model.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Named arrays of numbers in one file of the safetensors format (a little-endian header length, a JSON header, raw
 * tensors), which other tools read too.
 *
 * @param metadata texts about the arrays, by name
 * @param shapes of the arrays
 * @param values of the arrays, row-major
 */
public record SafeTensors(Map<String, String> metadata, Map<String, long[]> shapes, Map<String, float[]> values) {
    public static final String ENDING = ".safetensors";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_HEADER_BYTES = 16 << 20;
    private static final String METADATA = "__metadata__";

    /**
     * Reads a file whose numbers have 32 or 16 bits.
     *
     * @throws IOException naming the file when it is missing or not whole
     */
    public static SafeTensors read(Path file) throws IOException {
        var bytes = little(Files.readAllBytes(file));
        try {
            long length = bytes.getLong();
            if (length <= 0 || length > MAX_HEADER_BYTES) {
                throw new IOException(file + ": not a safetensors file");
            }
            byte[] header = new byte[(int) length];
            bytes.get(header);
            return parse((ObjectNode) JSON.readTree(header), bytes.slice());
        } catch (UncheckedIOException e) {
            throw new IOException(file + ": " + e.getCause().getMessage(), e);
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | IllegalArgumentException
                | ClassCastException
                | JsonProcessingException e) {
            throw new IOException(file + ": a damaged safetensors file; get it again", e);
        }
    }

    private static SafeTensors parse(ObjectNode header, ByteBuffer data) {
        var metadata = new LinkedHashMap<String, String>();
        header.path(METADATA)
                .properties()
                .forEach(word -> metadata.put(word.getKey(), word.getValue().asText()));
        header.remove(METADATA);
        var shapes = new LinkedHashMap<String, long[]>();
        var values = new LinkedHashMap<String, float[]>();
        header.properties().forEach(field -> {
            var shape = new long[field.getValue().path("shape").size()];
            Arrays.setAll(shape, i -> field.getValue().get("shape").get(i).asLong());
            var value = value(field.getValue(), data);
            if (value.length != LongStream.of(shape).reduce(1, (a, b) -> a * b)) {
                throw new IllegalArgumentException(field.getKey() + " is not of its shape");
            }
            shapes.put(field.getKey(), shape);
            values.put(field.getKey(), value);
        });
        return new SafeTensors(metadata, shapes, values);
    }

    private static float[] value(JsonNode tensor, ByteBuffer data) {
        int from = tensor.at("/data_offsets/0").asInt();
        int to = tensor.at("/data_offsets/1").asInt();
        var bytes = data.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN);
        String type = tensor.path("dtype").asText();
        var value = new float[bytes.remaining() / (type.equals("F16") ? Short.BYTES : Float.BYTES)];
        switch (type) {
            case "F32" -> bytes.asFloatBuffer().get(value);
            case "F16" -> {
                for (int i = 0; i < value.length; i++) {
                    value[i] = single(bytes.getShort());
                }
            }
            default ->
                throw new UncheckedIOException(new IOException(
                        "its numbers are of the type " + type + ", which cannot be read here; make it F32 or F16"));
        }
        return value;
    }

    /** A number of 16 bits (IEEE 754 binary16): a sign, five bits of exponent, ten of fraction. */
    static float single(short half) {
        int exponent = half >> 10 & 0x1f;
        int fraction = half & 0x3ff;
        float size =
                switch (exponent) {
                    case 0 -> Math.scalb((float) fraction, -24);
                    case 0x1f -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                    default -> Math.scalb((float) (fraction | 0x400), exponent - 25);
                };
        return half < 0 ? -size : size;
    }

    /**
     * Writes a file with numbers of 32 bits. It replaces an older one only when it is whole, so that a full disk or a kill
     * leaves the older one as it was.
     */
    public void write(Path file) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try {
            writeWhole(beside);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(beside);
            throw new IOException(
                    file + ": cannot be written (" + e.getMessage() + "); an older file of this name is as it was", e);
        }
    }

    private void writeWhole(Path beside) throws IOException {
        try (var channel = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            byte[] header = header();
            writeFully(
                    channel, little(new byte[Long.BYTES]).putLong(header.length).flip());
            writeFully(channel, ByteBuffer.wrap(header));
            for (float[] value : values.values()) {
                var bytes = little(new byte[value.length * Float.BYTES]);
                bytes.asFloatBuffer().put(value);
                writeFully(channel, bytes);
            }
            channel.force(true);
        }
    }

    private byte[] header() throws IOException {
        var header = JSON.createObjectNode();
        var words = header.putObject(METADATA);
        new TreeMap<>(metadata).forEach(words::put); // equal contents make equal files
        long offset = 0;
        for (var entry : values.entrySet()) {
            var tensor = header.putObject(entry.getKey());
            tensor.put("dtype", "F32");
            var shape = tensor.putArray("shape");
            Arrays.stream(shapes.get(entry.getKey())).forEach(shape::add);
            long end = offset + (long) entry.getValue().length * Float.BYTES;
            tensor.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        return JSON.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
