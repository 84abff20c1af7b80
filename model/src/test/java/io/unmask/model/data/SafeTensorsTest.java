package io.unmask.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
    @TempDir
    Path folder;

    @Test
    void shouldReadNumbersOfSixteenBits() throws Exception {
        Path file = file(
                "{\"a\":{\"dtype\":\"F16\",\"shape\":[3,2],\"data_offsets\":[0,12]}}",
                new short[] {0x3c00, (short) 0xc000, 0x7bff, 0x0001, (short) 0xfc00, (short) 0x8000});

        var tensors = SafeTensors.read(file);

        assertThat(tensors.metadata()).isEmpty();
        assertThat(tensors.shapes().get("a")).containsExactly(3, 2);
        assertThat(tensors.values().get("a")).containsExactly(1f, -2f, 65504f, 0x1p-24f, Float.NEGATIVE_INFINITY, -0f);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,12]}}",
                "{\"a\":{\"dtype\":\"F16\",\"shape\":[12],\"data_offsets\":[0,24]}}",
                "{\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[8,6]}}",
                "[]",
                "{\"a\":",
            })
    void shouldNameAFileThatContradictsItself(String header) throws Exception {
        Path file = file(header, new short[6]);

        assertThatThrownBy(() -> SafeTensors.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage(file + ": a damaged safetensors file; get it again");
    }

    @Test
    void shouldNameATypeOfNumbersThatItDoesNotRead() throws Exception {
        Path file = file("{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}", new short[2]);

        assertThatThrownBy(() -> SafeTensors.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": its numbers are of the type BF16");
    }

    private Path file(String header, short[] data) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        var bytes =
                ByteBuffer.allocate(Long.BYTES + json.length + data.length * 2).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        for (short value : data) {
            bytes.putShort(value);
        }
        return Files.write(folder.resolve("weights.safetensors"), bytes.array());
    }
}
