package io.unmask.model.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Weights of a Keras MobileNetV2 that others published for TensorFlow.js, read into the names of {@link
 * io.unmask.model.graph.MobileNetV2}: general picture features to start a training from.
 *
 * <p>The format is TensorFlow.js's layers model as npm packages bundle it: a script {@code model.min.js} that holds the
 * weights' manifest, and scripts {@code group1-shard1of1.min.js} and so on that hold the bytes in Base64. A weight that is
 * quantised to uint8 is {@code minimum + scale * byte}.
 */
public final class PublishedWeights {
    private static final ObjectMapper SCRIPT = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_LEADING_DECIMAL_POINT_FOR_NUMBERS)
            .build();
    private static final String SCRIPT_FILE = "model.min.js";
    private static final String MANIFEST = "weightsManifest:";
    private static final Pattern BYTES = Pattern.compile("\"([A-Za-z0-9+/=]{1000,})\"");
    /** {@code block_1_expand_BN/gamma}, {@code bn_Conv1/beta}, {@code Conv_1_bn/moving_mean}, {@code Conv1/kernel}. */
    private static final Pattern KERAS_NAME =
            Pattern.compile("(?:bn_)?(\\w+?)(?:_BN|_bn)?/(?:depthwise_|moving_)?(kernel|gamma|beta|mean|variance)");

    private PublishedWeights() {}

    /** Whether a folder holds such scripts, as {@code node_modules/nsfwjs/dist/models/mobilenet_v2} does. */
    public static boolean areIn(Path folder) {
        return Files.exists(folder.resolve(SCRIPT_FILE));
    }

    /** @throws IOException naming the file that is missing or is not of this format */
    public static SafeTensors read(Path model) throws IOException {
        Path script = model.resolve(SCRIPT_FILE);
        String text = Files.readString(script);
        int at = text.indexOf(MANIFEST);
        if (at < 0) {
            throw new IOException(script + ": holds no " + MANIFEST + "; it must be a layers model of TensorFlow.js");
        }
        JsonNode group;
        try (var parser = SCRIPT.createParser(text.substring(at + MANIFEST.length()))) {
            group = SCRIPT.<JsonNode>readTree(parser).path(0);
        } catch (JsonProcessingException e) {
            throw new IOException(script + ": its weights' manifest cannot be read: " + e.getOriginalMessage(), e);
        }
        var bytes = ByteBuffer.wrap(bytes(model, group.path("paths"))).order(ByteOrder.LITTLE_ENDIAN);
        var shapes = new LinkedHashMap<String, long[]>();
        var values = new LinkedHashMap<String, float[]>();
        for (var weight : group.path("weights")) {
            var shape = new long[weight.path("shape").size()];
            Arrays.setAll(shape, i -> weight.path("shape").get(i).asLong());
            float[] value = value(script, weight, shape, bytes);
            name(weight.path("name").asText()).ifPresent(name -> {
                shapes.put(name, shape);
                values.put(name, value);
            });
        }
        if (bytes.hasRemaining() || values.isEmpty()) {
            throw new IOException(model + ": its scripts hold " + bytes.remaining()
                    + " bytes more than its manifest names; get the package again");
        }
        return new SafeTensors(Map.of(), shapes, values);
    }

    /** Empty for layers behind the features, as the classes that its authors told apart. */
    private static Optional<String> name(String keras) {
        var match = KERAS_NAME.matcher(keras);
        return match.matches() && !keras.startsWith("dense")
                ? Optional.of("encoder." + match.group(1) + "." + match.group(2))
                : Optional.empty();
    }

    private static float[] value(Path script, JsonNode weight, long[] shape, ByteBuffer bytes) throws IOException {
        int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        var quantised = weight.path("quantization");
        if (!quantised.path("dtype").asText().equals("uint8") || bytes.remaining() < size) {
            throw new IOException(script + ": " + weight.path("name").asText() + " is not there as " + size
                    + " bytes; get the package again");
        }
        double minimum = quantised.path("min").asDouble();
        double scale = quantised.path("scale").asDouble();
        var value = new float[size];
        for (int i = 0; i < size; i++) {
            value[i] = (float) (minimum + scale * (bytes.get() & 0xff));
        }
        return value;
    }

    private static byte[] bytes(Path model, JsonNode shards) throws IOException {
        var all = new ByteArrayOutputStream();
        for (var shard : shards) {
            Path file = model.resolve(shard.asText() + ".min.js");
            var match = BYTES.matcher(Files.readString(file));
            if (!match.find()) {
                throw new IOException(file + ": holds no bytes in Base64; get the package again");
            }
            all.write(Base64.getDecoder().decode(match.group(1)));
        }
        return all.toByteArray();
    }
}
