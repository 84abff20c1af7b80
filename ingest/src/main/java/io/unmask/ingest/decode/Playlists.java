package io.unmask.ingest.decode;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Playlists of HTTP live streaming (RFC 8216). */
final class Playlists {
    private static final Pattern ADDRESS = Pattern.compile("(?<=[:,]URI=\")([^\"]+)(?=\")");

    private Playlists() {}

    /**
     * The playlist with all addresses spelled out: FFmpeg counts relative ones from the address that it asked for, which is
     * another after a redirect. A manifest of DASH is left as it is.
     */
    static String absolute(String playlist, HttpAddress base) {
        if (!playlist.replace("\uFEFF", "").stripLeading().startsWith("#EXT")) {
            return playlist;
        }
        return playlist.lines().map(line -> line(line.strip(), base)).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String line(String line, HttpAddress base) {
        if (line.isEmpty()) {
            return line;
        }
        return line.startsWith("#")
                ? ADDRESS.matcher(line).replaceAll(found -> Matcher.quoteReplacement(spelledOut(found.group(), base)))
                : spelledOut(line, base);
    }

    private static String spelledOut(String address, HttpAddress base) {
        if (address.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*")) {
            return address; // with a scheme of its own, which the policy for hosts will judge
        }
        try {
            HttpAddress target = base.redirected(address);
            return target.text();
        } catch (IOException e) {
            return address;
        }
    }
}
