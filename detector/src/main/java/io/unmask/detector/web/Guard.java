package io.unmask.detector.web;

import io.javalin.http.Context;
import io.javalin.http.Cookie;
import io.javalin.http.ForbiddenResponse;
import io.javalin.http.SameSite;
import io.javalin.http.UnauthorizedResponse;
import java.util.Optional;
import java.util.Set;

/**
 * Lets through who has the token: as a bearer, as programs do, or its digest as a cookie, as the page does. A cookie alone changes
 * nothing: the page says by a header, which no other site's form can set, that the request is its own.
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

    /** Gives the page's browser the token's digest as a cookie that no script reads and no other site sends. */
    void signIn(Context request, String offered) {
        require(token.matches(offered));
        Cookie cookie = new Cookie(COOKIE, token.digest());
        cookie.setHttpOnly(true);
        cookie.setSameSite(SameSite.STRICT);
        cookie.setPath("/");
        cookie.setSecure("https".equals(request.header("X-Forwarded-Proto")));
        request.cookie(cookie);
    }

    private static void require(boolean isHis) {
        if (!isHis) {
            throw new UnauthorizedResponse("the token is missing or wrong; send it as 'Authorization: Bearer TOKEN'");
        }
    }
}
