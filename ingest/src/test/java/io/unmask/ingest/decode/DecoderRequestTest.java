package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DecoderRequestTest {
    @Test
    void shouldHandOnPropertiesButForThoseOfManagement() {
        List<String> options = List.of(
                "-Xmx1g", "-Dorg.bytedeco.javacpp.cachedir=/c", "-Dcom.sun.management.jmxremote.port=9010", "-Da=b");

        assertThat(DecoderRequest.handedOn(options)).containsExactly("-Dorg.bytedeco.javacpp.cachedir=/c", "-Da=b");
    }

    @Test
    @Timeout(60)
    void shouldLetTheJvmSayNothingBetweenThePictures() throws Exception {
        ProcessBuilder silent = DecoderRequest.process(Sources.settings(8), Silent.class.getName());
        silent.command().add(1, "-Xlog:gc*"); // as it may come from a file of options
        Process process = silent.start();

        assertThat(process.getInputStream().readAllBytes()).isEmpty();
        assertThat(process.waitFor()).isZero();
    }

    /** A program that writes nothing. */
    static final class Silent {
        public static void main(String[] arguments) {}
    }
}
