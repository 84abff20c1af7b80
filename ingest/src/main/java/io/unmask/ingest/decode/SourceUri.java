package io.unmask.ingest.decode;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a video comes from. Printing it never shows a secret.
 *
 * @param location what FFmpeg opens: a path, a device or a URL; it may hold a password, so it is never printed
 */
public record SourceUri(Kind kind, String location) {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);
    private static final Pattern WEBCAM = Pattern.compile("webcam:(\\d{1,3})");
    private static final Pattern SCREEN =
            Pattern.compile("(?i)screen:([\\w.-]*(?::\\d[\\d.]*)?)(#(?:0x[0-9a-fA-F]+|\\d+))?");
    private static final String SCREEN_SCHEME = "screen:";
    private static final Pattern USER = Pattern.compile("(?<=://)[^/?#]*@");
    /** Names that cameras and portals give to values that are secret, or new with each visit. */
    private static final Pattern SECRET = Pattern.compile(
            "(?i)(?<=[?&])([^=&#]*(?:user|login|pass|pwd|token|key|auth|secret|sig|expire)[^=&#]*=)[^&#]*");

    /** The port behind a host. A host that itself holds colons stands in brackets. */
    private static final Pattern PORT = Pattern.compile("://[^/]*:([^/:\\]]+)(?:/|$)");

    private static final int MAX_PORT = 65_535;

    private static final String HIDDEN = "***";

    /** How a source is reached. */
    public enum Kind {
        FILE,
        WEBCAM,
        SCREEN,
        RTSP,
        RTMP,
        UDP,
        HTTP
    }

    /**
     * Reads a path, {@code file:}, {@code webcam:N}, {@code screen:}, {@code rtsp(s)://}, {@code rtmp(s)://}, {@code udp://} for an MPEG
     * transport stream that is sent to a port, or {@code http(s)://}. Whether it exists is not checked.
     *
     * @throws SourceException when the text is none of these
     */
    public static SourceUri parse(String text) throws SourceException {
        Matcher scheme = SCHEME.matcher(text);
        if (!scheme.matches()) {
            return file(text);
        }
        return switch (scheme.group(1).toLowerCase(Locale.ROOT)) {
            case "file" -> fileUri(text);
            case "webcam" -> webcam(text);
            case "screen" -> screen(text);
            case "rtsp", "rtsps" -> url(Kind.RTSP, text);
            case "rtmp", "rtmps" -> url(Kind.RTMP, text);
            case "udp" -> udp(text);
            case "http", "https" -> url(Kind.HTTP, text);
            default -> unknownScheme(scheme.group(1), text);
        };
    }

    /** Whether the source may go on for ever. An HTTP source counts as live until it declares a length. */
    public boolean isLive() {
        return kind != Kind.FILE;
    }

    /** The location for people and events: without user, password, query and fragment. */
    public String redacted() {
        return switch (kind) {
            case FILE, WEBCAM -> location;
            case SCREEN -> SCREEN_SCHEME + location;
            case RTSP, RTMP, UDP, HTTP -> redact(location);
        };
    }

    /**
     * What tells the source from every other: for a file its absolute path; for a URL its text without the user and
     * without values of the query that are named like secrets. Not for people: digest it.
     */
    public String identity() {
        return switch (kind) {
            case FILE -> withoutSteps(Path.of(location).toAbsolutePath()).toString();
            case WEBCAM, SCREEN -> redacted();
            case RTSP, RTMP, UDP, HTTP ->
                SECRET.matcher(USER.matcher(location).replaceFirst("")).replaceAll("$1");
        };
    }

    /**
     * The path without {@code .} and {@code ..}. Behind a link to a folder, {@code ..} is the parent of the link's target, so
     * that dropping both names would lead elsewhere; the path is then resolved by the file system.
     */
    private static Path withoutSteps(Path path) {
        Path plain = path.normalize();
        try {
            if (plain.equals(path) || (Files.exists(plain) && Files.isSameFile(path, plain))) {
                return plain;
            }
            return path.toRealPath();
        } catch (IOException e) { // there is no such file
            return plain;
        }
    }

    @Override
    public String toString() {
        return redacted();
    }

    private static SourceUri file(String text) throws SourceException {
        if (text.isBlank()) {
            throw SourceException.fatal("source is empty; name a file, a folder, webcam:0 or a URL");
        }
        try {
            return new SourceUri(Kind.FILE, Path.of(text).toString());
        } catch (InvalidPathException e) {
            throw SourceException.fatal("source is not a path: " + e.getReason());
        }
    }

    /** A colon alone makes no URL: {@code talk: part 2.mp4} is a file's name. */
    private static SourceUri unknownScheme(String scheme, String text) throws SourceException {
        if (!text.startsWith(scheme + "://")) {
            return file(text);
        }
        throw SourceException.fatal("source " + redact(text) + ": unknown scheme " + scheme
                + "; use a file, a folder, webcam:0, screen:, rtsp://, rtmp://, udp:// or http(s)://");
    }

    private static SourceUri fileUri(String text) throws SourceException {
        try {
            return new SourceUri(Kind.FILE, Path.of(URI.create(text)).toString());
        } catch (IllegalArgumentException e) {
            throw SourceException.fatal("source " + text + ": not a file URI; write file:///path/to/video.mp4");
        }
    }

    private static SourceUri webcam(String text) throws SourceException {
        Matcher number = WEBCAM.matcher(text);
        if (!number.matches()) {
            throw SourceException.fatal("source " + text + ": a webcam is webcam: and its number, as in webcam:0");
        }
        return new SourceUri(Kind.WEBCAM, "/dev/video" + Integer.parseInt(number.group(1)));
    }

    /** {@code screen:} is the display that the environment names, {@code screen::1} another, {@code screen:#ID} a window. */
    private static SourceUri screen(String text) throws SourceException {
        Matcher named = SCREEN.matcher(text);
        if (!named.matches()) {
            throw SourceException.fatal(
                    "source " + text
                            + ": a screen is screen: and a display, as in screen::0, or a window's number, as in screen:#0x2a00003");
        }
        String display = named.group(1).isEmpty()
                ? Optional.ofNullable(System.getenv("DISPLAY")).orElse("")
                : named.group(1);
        if (display.isEmpty()) {
            throw SourceException.fatal("source " + text + ": no display; set DISPLAY, or name one, as in screen::0");
        }
        return new SourceUri(
                Kind.SCREEN, display + Optional.ofNullable(named.group(2)).orElse(""));
    }

    private static SourceUri url(Kind kind, String text) throws SourceException {
        if (!text.matches("(?s)[^:]+://[^/?#].*")) {
            throw SourceException.fatal("source " + redact(text) + ": no host; write scheme://host/path");
        }
        Matcher port = PORT.matcher(redact(text));
        if (port.find() && !isPort(port.group(1))) {
            throw SourceException.fatal("source " + redact(text) + ": " + port.group(1)
                    + " is no port; write scheme://host:port/path with a port from 1 to " + MAX_PORT);
        }
        return new SourceUri(kind, text);
    }

    private static SourceUri udp(String text) throws SourceException {
        SourceUri uri = url(Kind.UDP, text);
        if (!PORT.matcher(uri.redacted()).find()) {
            throw SourceException.fatal("source " + uri.redacted()
                    + ": no port; write udp://ADDRESS:PORT, the address of this machine or of a multicast group");
        }
        return uri;
    }

    private static boolean isPort(String text) {
        return text.matches("[0-9]{1,5}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= MAX_PORT;
    }

    /**
     * A password may hold any sign unescaped, and a path and a query an {@code @}, as in {@code /@name}. Where it cannot be
     * told which is which, nothing but the scheme is shown.
     */
    private static String redact(String url) {
        int start = url.indexOf("://") + 3;
        if (start < 3) {
            return url.substring(0, url.indexOf(':') + 1) + HIDDEN;
        }
        String scheme = url.substring(0, start);
        String rest = url.substring(start);
        int at = rest.lastIndexOf('@');
        Matcher query = Pattern.compile("[?#]").matcher(rest);
        int end = query.find() ? query.start() : rest.length();
        int slash = rest.indexOf('/');
        boolean isInPath = slash >= 0 && slash < at;
        boolean mayBeUsers = isInPath && (rest.charAt(at - 1) != '/' || rest.lastIndexOf(':', at) >= 0);
        if (at > end || mayBeUsers) {
            return scheme + HIDDEN;
        }
        return scheme + rest.substring(rest.lastIndexOf('@', isInPath ? slash : at) + 1, end);
    }
}
