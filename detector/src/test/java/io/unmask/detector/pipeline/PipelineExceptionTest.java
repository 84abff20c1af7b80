package io.unmask.detector.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PipelineExceptionTest {
    @Test
    void shouldTellWhyAClassCouldNotBeInitialisedTheFirstTime() {
        var again = new NoClassDefFoundError("Could not initialize class opencv_core");
        again.initCause(
                new ExceptionInInitializerError(new UnsatisfiedLinkError("libX.so: cannot open shared object")));

        assertThat(PipelineException.at("door", again)).hasMessage("door: libX.so: cannot open shared object");
    }

    @Test
    void shouldTellOfAnErrorWithoutWordsWhichItIs() {
        assertThat(PipelineException.at("door", new StackOverflowError()))
                .hasMessage("door: java.lang.StackOverflowError");
    }
}
