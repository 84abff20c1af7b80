package io.unmask.detector.web;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.SameSite;
import io.javalin.http.UnauthorizedResponse;
import java.util.Optional;
import java.util.Set;

/**
 * Admits requests that prove the token: programs send it as a bearer token, and the page sends its digest as a cookie. With a
 * cookie, a request that changes something also needs a header that a form of another site cannot set.
 */
final class Guard {
    static final String COOKIE = "unmask-token";
    private static final String PAGE_HEADER = "X-Unmask-Page";
    private static final String BEARER = "Bearer ";
    private static final Set<String> READING = Set.of("GET", "HEAD");

    private final Token token;

    Guard(Token token) {
        this.token = token;
    }

    void require(Context request) {
        Optional<String> bearer = Optional.ofNullable(request.header("Authorization"))
                .filter(value -> value.startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()).strip());
        if (bearer.isPresent()) {
            require(token.matches(bearer.get()));
            return;
        }
        String cookie = request.cookie(COOKIE);
        require(cookie != null && token.hasDigest(cookie));
        if (!READING.contains(request.method().name()) && request.header(PAGE_HEADER) == null) {
            throw new ForbiddenResponse("a change that is authorised by a cookie needs the header " + PAGE_HEADER);
        }
    }

    /** Answers with the token's digest as a cookie that no script can read and that no other site's request carries. */
    void signIn(Context request, String offered) {
        require(token.matches(offered));
        Cookie cookie = new Cookie(COOKIE, token.digest());
        cookie.setHttpOnly(true);
        cookie.setSameSite(SameSite.STRICT);
        cookie.setPath("/");
        cookie.setSecure("https".equals(request.header("X-Forwarded-Proto")));
        request.cookie(cookie);
    }

    private static void require(boolean isAllowed) {
        if (!isAllowed) {
            throw new UnauthorizedResponse("the token is missing or wrong; send it as 'Authorization: Bearer TOKEN'");
        }
    }
}
