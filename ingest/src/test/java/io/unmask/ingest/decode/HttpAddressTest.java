package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class HttpAddressTest {
    @Test
    void shouldTakeApartTheUser() throws Exception {
        assertParsed("http://host/a.mp4", "http://host/a.mp4", "");
        assertParsed("HTTP://host/a.mp4", "http://host/a.mp4", "");
        assertParsed("http://u:p@host:81/a?b=c@d", "http://host:81/a?b=c@d", "u:p");
        assertParsed("http://u:p@ss:wd!@host/a", "http://host/a", "u:p@ss:wd!");
        assertParsed("http://u:100%@host/a", "http://host/a", "u:100%");
        assertParsed("http://u:a%40b+c@host/a", "http://host/a", "u:a@b+c");
    }

    @Test
    void shouldEscapeWhatAnAddressCannotHold() throws Exception {
        assertParsed("http://host/B\u00e4ume am See.mp4", "http://host/B%C3%A4ume%20am%20See.mp4", "");
        assertParsed("http://host/a%20b|c", "http://host/a%20b%7Cc", "");
        assertParsed("http://host/talk [1].mp4?a[0]=1", "http://host/talk%20%5B1%5D.mp4?a[0]=1", "");
        assertParsed("http://host/100%.mp4?x=5%&y=%41", "http://host/100%25.mp4?x=5%25&y=%41", "");
        assertParsed("http://u:p@[::1]:81/a[1]", "http://[::1]:81/a%5B1%5D", "u:p");
    }

    @Test
    void shouldLeadWhereAReferenceDoes() throws Exception {
        HttpAddress from = HttpAddress.parse("http://u:p@host/a/b.m3u8?x=1");
        assertThat(from.redirected("?x=2").text()).isEqualTo("http://u%3Ap@host/a/b.m3u8?x=2");
        assertThat(from.redirected("part [2] 5%.ts").text()).isEqualTo("http://u%3Ap@host/a/part%20%5B2%5D%205%25.ts");
        assertThat(from.redirected("//[::1]:81/x").text()).isEqualTo("http://[::1]:81/x");
    }

    @Test
    void shouldTakeTheUserAlongToTheSameHostAlone() throws Exception {
        HttpAddress from = HttpAddress.parse("http://u:p@host/a/b?c");
        assertThat(from.redirected("d e").text()).isEqualTo("http://u%3Ap@host/a/d%20e");
        assertThat(from.redirected("/x").user()).contains("u:p");
        assertThat(from.redirected("//other/x").user()).isEmpty();
        assertThat(from.redirected("http://host:81/x").user()).isEmpty();
        assertThat(from.redirected("https://host/x").user()).isEmpty();
        assertThat(from.redirected("http://v@other/x").user()).contains("v");
    }

    @Test
    void shouldReadItsOwnText() throws Exception {
        assertThat(HttpAddress.parse(HttpAddress.parse("http://u:p@s+s%@host/a").text())
                        .user())
                .contains("u:p@s+s%");
    }

    private static void assertParsed(String text, String uri, String user) throws IOException {
        HttpAddress address = HttpAddress.parse(text);
        assertThat(address.uri()).hasToString(uri);
        assertThat(address.user().orElse("")).isEqualTo(user);
    }

    @Test
    void shouldRefuseAnAddressWithoutAHost() {
        assertThatThrownBy(() -> HttpAddress.parse("mailto:x")).isInstanceOf(IOException.class);
    }
}
