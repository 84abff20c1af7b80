package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

class HttpCausesTest {
    @Test
    void shouldSayWhatTheSystemSaysOfANetworkThatIsDown() {
        ConnectException wrapping = new ConnectException();
        wrapping.initCause(new NoRouteToHostException("No route to host"));

        assertThat(HttpCauses.words(wrapping))
                .isEqualTo("No route to host; check the address, and that the server runs");
        assertThat(HttpCauses.words(new ConnectException()))
                .isEqualTo("Connection refused; check the address, and that the server runs");
    }

    @Test
    void shouldSayThatNobodyAnswers() {
        assertThat(HttpCauses.words(new SocketTimeoutException("Connect timed out")))
                .isEqualTo("the server does not answer in time");
    }
}
