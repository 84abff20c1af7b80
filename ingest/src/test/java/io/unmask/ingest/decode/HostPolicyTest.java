package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPolicyTest {
    private final HostPolicy policy = new HostPolicy(URI.create("http://127.0.0.1:8000/p.m3u8"), false);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1.2.3",
                "0.0.0.0",
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "192.0.0.1",
                "198.18.0.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
                "fec0::1"
            })
    void shouldTakeAnAddressInsideForOne(String address) throws Exception {
        assertThat(HostPolicy.isPublic(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "172.32.0.1",
                "192.169.0.1",
                "100.128.0.1",
                "198.20.0.1",
                "2606:4700::1",
                "64:ff9b::808:808"
            })
    void shouldAllowWhatTheWholeInternetReaches(String address) throws Exception {
        assertThat(HostPolicy.isPublic(InetAddress.getByName(address))).isTrue();
    }

    @Test
    void shouldNameAHostWhoseNameIsNone() {
        URI camera = URI.create("http://my_camera/v.mp4");

        assertThatThrownBy(() -> new HostPolicy(camera, true).check(camera))
                .isInstanceOf(HostPolicy.RefusedException.class)
                .hasMessageStartingWith("a name of a host holds letters, digits, hyphens and dots alone");
    }

    @Test
    void shouldAllowTheHostAndPortThatTheUserNamedAndNoOther() throws Exception {
        policy.check(URI.create("http://127.0.0.1:8000/other.ts"));
        new HostPolicy(URI.create("https://LOCALHOST/x"), false).check(URI.create("https://localhost:443/y"));
        for (String other : List.of(
                "http://127.0.0.1:8001/x",
                "http://127.0.0.1/x",
                "http://localhost:8000/x",
                "http://[::1]:8000/",
                "http://0/")) {
            assertThatThrownBy(() -> policy.check(URI.create(other)))
                    .isInstanceOf(HostPolicy.RefusedException.class)
                    .hasMessageContaining("source.allow-private-hosts");
        }
    }

    @Test
    void shouldAllowAddressesInsideWhenTheSettingSaysSo() throws Exception {
        new HostPolicy(URI.create("http://127.0.0.1:8000/"), true).check(URI.create("http://127.0.0.1:9000/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "ftp://8.8.8.8/x",
                "concat:http://127.0.0.1:8000/a",
                "subfile:,,start,0,end,9,,:/etc/x"
            })
    void shouldRefuseOtherSchemesWhateverIsAllowed(String address) {
        for (boolean allowsPrivate : new boolean[] {true, false}) {
            assertThatThrownBy(() -> new HostPolicy(URI.create("http://127.0.0.1:8000/"), allowsPrivate)
                            .check(URI.create(address)))
                    .isInstanceOf(HostPolicy.RefusedException.class)
                    .hasMessageContaining("http and https alone");
        }
    }
}
