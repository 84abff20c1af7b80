package io.unmask.model.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
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

/**
 * All that a run needs to go on, in one file of the safetensors format (a little-endian header length, a JSON header, raw
 * tensors), which other tools read too.
 *
 * @param step steps done
 * @param facts what the run must have in common with the one that goes on, as in the seed and the architecture
 * @param shapes of the variables
 * @param values of the variables, row-major
 */
record Checkpoint(long step, Map<String, String> facts, Map<String, long[]> shapes, Map<String, float[]> values) {
    static final String FILE = "checkpoint.safetensors";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_HEADER_BYTES = 16 << 20;

    /** Writes beside the file, then moves: a full disk or a kill leaves the former one whole. */
    void write(Path file) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".part");
        try {
            writeWhole(beside);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IOException(
                    file + ": cannot be written (" + e.getMessage()
                            + "); the one before it, if any, is whole: make room",
                    e);
        }
    }

    private void writeWhole(Path beside) throws IOException {
        try (var channel = FileChannel.open(
                beside, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            byte[] header = header();
            writeFully(channel, little(8).putLong(header.length).flip());
            writeFully(channel, ByteBuffer.wrap(header));
            for (float[] value : values.values()) {
                var bytes = little(value.length * Float.BYTES);
                bytes.asFloatBuffer().put(value);
                writeFully(channel, bytes);
            }
            channel.force(true);
        }
    }

    /** @throws IOException naming the file when it is not a whole checkpoint */
    static Checkpoint read(Path file) throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        try {
            long length = bytes.getLong();
            if (length <= 0 || length > MAX_HEADER_BYTES) {
                throw new IOException(file + ": not a checkpoint");
            }
            byte[] header = new byte[(int) length];
            bytes.get(header);
            return parse((ObjectNode) JSON.readTree(header), bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
        } catch (BufferUnderflowException | IndexOutOfBoundsException | JsonProcessingException e) {
            throw new IOException(file + ": a damaged checkpoint", e);
        }
    }

    private static Checkpoint parse(ObjectNode header, ByteBuffer data) {
        var facts = new LinkedHashMap<String, String>();
        header.remove("__metadata__")
                .properties()
                .forEach(f -> facts.put(f.getKey(), f.getValue().asText()));
        long step = Long.parseLong(facts.remove("step"));
        var shapes = new LinkedHashMap<String, long[]>();
        var values = new LinkedHashMap<String, float[]>();
        header.properties().forEach(field -> {
            var shape = new long[field.getValue().get("shape").size()];
            Arrays.setAll(shape, i -> field.getValue().get("shape").get(i).asLong());
            int from = field.getValue().get("data_offsets").get(0).asInt();
            int to = field.getValue().get("data_offsets").get(1).asInt();
            var value = new float[(to - from) / Float.BYTES];
            data.slice(from, to - from)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(value);
            shapes.put(field.getKey(), shape);
            values.put(field.getKey(), value);
        });
        return new Checkpoint(step, facts, shapes, values);
    }

    private byte[] header() throws IOException {
        var header = JSON.createObjectNode();
        var metadata = header.putObject("__metadata__");
        metadata.put("step", Long.toString(step));
        new TreeMap<>(facts).forEach(metadata::put); // equal runs write equal files
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

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
