package io.unmask.ingest.decode;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Answers a server that asks who one is: Basic (RFC 7617) and, as cameras like it, Digest (RFC 7616). */
final class HttpLogin {
    private static final Pattern PARAMETER = Pattern.compile("([A-Za-z-]+)\\s*=\\s*(?:\"([^\"]*)\"|([^\\s,]+))");

    private HttpLogin() {}

    /**
     * The header {@code Authorization} that the server asks for; empty when it asks for something else.
     *
     * @param challenges the server's {@code WWW-Authenticate} headers
     * @param user "name:password"
     */
    static Optional<String> answer(List<String> challenges, String user, URI uri) {
        Optional<String> digest = challenges.stream()
                .filter(challenge -> challenge.toLowerCase(Locale.ROOT).startsWith("digest "))
                .findFirst();
        if (digest.isPresent()) {
            return Optional.of(digest(digest.get(), user, uri));
        }
        return challenges.stream()
                        .anyMatch(
                                challenge -> challenge.toLowerCase(Locale.ROOT).startsWith("basic"))
                ? Optional.of("Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)))
                : Optional.empty();
    }

    private static String digest(String challenge, String user, URI uri) {
        String algorithm = parameter(challenge, "algorithm").orElse("MD5");
        String hash = algorithm.toUpperCase(Locale.ROOT).startsWith("SHA-256") ? "SHA-256" : "MD5";
        String realm = parameter(challenge, "realm").orElse("");
        String nonce = parameter(challenge, "nonce").orElse("");
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        String name = user.split(":", 2)[0];
        String password = user.substring(Math.min(user.length(), name.length() + 1));
        String client = UUID.randomUUID().toString().substring(0, 8);
        String first = hex(hash, name + ":" + realm + ":" + password);
        String secret = algorithm.toLowerCase(Locale.ROOT).endsWith("-sess")
                ? hex(hash, first + ":" + nonce + ":" + client)
                : first;
        String request = hex(hash, "GET:" + target);
        boolean counted = parameter(challenge, "qop").isPresent();
        String response =
                hex(hash, secret + ":" + nonce + (counted ? ":00000001:" + client + ":auth:" : ":") + request);
        return "Digest username=\"" + name + "\", realm=\"" + realm + "\", nonce=\"" + nonce + "\", uri=\"" + target
                + "\", algorithm=" + algorithm + ", response=\"" + response + "\""
                + parameter(challenge, "opaque")
                        .map(opaque -> ", opaque=\"" + opaque + "\"")
                        .orElse("")
                + (counted ? ", qop=auth, nc=00000001, cnonce=\"" + client + "\"" : "");
    }

    private static Optional<String> parameter(String challenge, String name) {
        Matcher parameter = PARAMETER.matcher(challenge);
        while (parameter.find()) {
            if (parameter.group(1).equalsIgnoreCase(name)) {
                return Optional.of(parameter.group(2) != null ? parameter.group(2) : parameter.group(3));
            }
        }
        return Optional.empty();
    }

    private static String hex(String hash, String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance(hash).digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + hash, e);
        }
    }
}
