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
    private static final String LONE_PERCENT = "%(?![0-9A-Fa-f]{2})";
    private static final String ALLOWED = "-._~:/?#@!$&'()*+,;=%";
    /** Around a host that is an IPv6 address, and in a query; a path cannot hold them. */
    private static final String BRACKETS = "[]";

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
        String host = text.substring(at >= start ? at + 1 : start, end);
        try {
            return new HttpAddress(
                    new URI(scheme + escape(host, ALLOWED + BRACKETS) + escapeBehindHost(text.substring(end))),
                    at >= start ? Optional.of(unescape(text.substring(start, at))) : Optional.empty());
        } catch (URISyntaxException e) {
            throw new LastingHttpException("it leads to an address that is not well formed");
        }
    }

    /** @param text path, query and fragment; a percent sign that escapes nothing is one of their own */
    private static String escapeBehindHost(String text) {
        String whole = text.replaceAll(LONE_PERCENT, "%25");
        int query = whole.indexOf('?');
        int end = query < 0 ? whole.length() : query;
        return escape(whole.substring(0, end), ALLOWED) + escape(whole.substring(end), ALLOWED + BRACKETS);
    }

    private static String escape(String text, String allowed) {
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 255);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || allowed.indexOf(c) >= 0);
            escaped.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
        }
        return escaped.toString();
    }

    /** A percent sign that escapes nothing is part of a password. */
    private static String unescape(String user) {
        return URLDecoder.decode(user.replaceAll(LONE_PERCENT, "%25").replace("+", "%2B"), StandardCharsets.UTF_8);
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
        HttpAddress target;
        if (location.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*://.*")) {
            target = parse(location);
        } else if (location.startsWith("//")) {
            target = parse(uri.getScheme() + ":" + location);
        } else {
            target = new HttpAddress(resolve(location), Optional.empty());
        }
        boolean isSameHost = uri.getRawAuthority().equals(target.uri.getRawAuthority())
                && uri.getScheme().equals(target.uri.getScheme());
        return target.user.isPresent() ? target : new HttpAddress(target.uri, isSameHost ? user : Optional.empty());
    }

    private URI resolve(String location) throws IOException {
        try {
            String escaped = escapeBehindHost(location);
            // Java would lead to the folder (RFC 2396); by RFC 3986 another query is of the same path.
            return location.startsWith("?")
                    ? new URI(uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath() + escaped)
                    : uri.resolve(new URI(escaped));
        } catch (URISyntaxException e) {
            throw new LastingHttpException("it leads to an address that is not well formed");
        }
    }
}
