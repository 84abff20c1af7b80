package io.unmask.ingest.decode;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * An address as people and playlists write it, taken apart: a password may hold any sign, and a path spaces and letters of
 * any script, unescaped.
 *
 * @param uri without the user
 * @param user "name:password" as it is sent
 */
record HttpAddress(URI uri, Optional<String> user) {
    private static final String ALLOWED = "-._~:/?#[]@!$&'()*+,;=%";

    static HttpAddress parse(String text) throws IOException {
        int start = text.indexOf("://") + 3;
        if (start < 3) {
            throw new LastingHttpException("it leads to an address without a host");
        }
        int end = start;
        while (end < text.length() && "/?#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        int at = text.lastIndexOf('@', end - 1);
        String scheme = text.substring(0, start).toLowerCase(Locale.ROOT);
        String rest = text.substring(at >= start ? at + 1 : start);
        try {
            return new HttpAddress(
                    new URI(scheme + escape(rest)),
                    at >= start ? Optional.of(unescape(text.substring(start, at))) : Optional.empty());
        } catch (URISyntaxException e) {
            throw new LastingHttpException("it leads to an address that is not well formed");
        }
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 255);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || ALLOWED.indexOf(c) >= 0);
            escaped.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return escaped.toString();
    }

    /** A percent sign that escapes nothing is part of a password. */
    private static String unescape(String user) {
        return URLDecoder.decode(
                user.replaceAll("%(?![0-9A-Fa-f]{2})", "%25").replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** The address with its user, as {@link #parse} reads it. */
    String text() {
        String plain = uri.toString();
        int host = plain.indexOf("://") + 3;
        String login = user.map(
                        name -> URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20") + "@")
                .orElse("");
        return plain.substring(0, host) + login + plain.substring(host);
    }

    /** Where a redirect leads; the user goes along to the same host and port alone. */
    HttpAddress redirected(String location) throws IOException {
        HttpAddress target = location.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*://.*")
                ? parse(location)
                : new HttpAddress(resolve(location), Optional.empty());
        boolean isSameHost = uri.getRawAuthority().equals(target.uri.getRawAuthority())
                && uri.getScheme().equals(target.uri.getScheme());
        return target.user.isPresent() ? target : new HttpAddress(target.uri, isSameHost ? user : Optional.empty());
    }

    private URI resolve(String location) throws IOException {
        try {
            return uri.resolve(new URI(escape(location)));
        } catch (URISyntaxException e) {
            throw new LastingHttpException("it leads to an address that is not well formed");
        }
    }
}
