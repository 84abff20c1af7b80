package io.unmask.detector.serve;

import io.unmask.config.SourceSpec;
import io.unmask.ingest.decode.SourceException;
import io.unmask.ingest.decode.SourceUri;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;

/** Puts a source's address together with its user and password. */
public final class SourceAddress {
    private SourceAddress() {}

    /**
     * The source's address with its user and password. The password is read each time, so that a changed one is taken up.
     *
     * @throws RefusedException when the address is invalid or its secret is missing
     */
    static SourceUri of(SourceSpec spec, Map<String, String> environment) {
        try {
            SourceUri uri = SourceUri.parse(spec.uri());
            Optional<String> password = password(spec, environment);
            if (spec.username().isEmpty() && password.isEmpty()) {
                return uri;
            }
            if (!spec.uri().contains("://") || uri.kind() == SourceUri.Kind.FILE) {
                throw new RefusedException("source " + spec.id() + ": only a network source has a user and a password");
            }
            return SourceUri.parse(with(spec.uri(), spec.username(), password));
        } catch (SourceException e) {
            throw new RefusedException("source " + spec.id() + ": " + e.getMessage());
        }
    }

    /** A network address with the user and the password in it. */
    public static String with(String uri, Optional<String> username, Optional<String> password) {
        if (username.isEmpty() && password.isEmpty()) {
            return uri;
        }
        int start = uri.indexOf("://") + 3;
        String user = encode(username.orElse(""))
                + password.map(secret -> ":" + encode(secret)).orElse("");
        return uri.substring(0, start) + user + "@" + uri.substring(start);
    }

    private static Optional<String> password(SourceSpec spec, Map<String, String> environment) {
        if (spec.passwordEnv().isPresent()) {
            String name = spec.passwordEnv().get();
            String value = environment.get(name);
            if (value == null) {
                throw new RefusedException("source " + spec.id() + ": password-env = " + name
                        + ": the environment has no such variable; set it where the service is started");
            }
            return Optional.of(value);
        }
        if (spec.passwordFile().isEmpty()) {
            return Optional.empty();
        }
        try {
            return Files.readString(spec.passwordFile().get()).lines().findFirst();
        } catch (IOException e) {
            throw new RefusedException("source " + spec.id() + ": password-file = "
                    + spec.passwordFile().get() + " cannot be read: " + e);
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
