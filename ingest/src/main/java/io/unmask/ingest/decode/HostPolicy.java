package io.unmask.ingest.decode;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which hosts a network source may lead to. A playlist, a key's address or a redirect is a stranger's word: by it, this
 * process would fetch what only this machine or its network can reach. The host and port that the user named are allowed.
 */
final class HostPolicy {
    private static final Set<String> WEB = Set.of("http", "https");
    private static final Set<String> CAMERAS = Set.of("rtsp", "rtsps");
    private static final Map<String, Integer> PORTS = Map.of("http", 80, "https", 443, "rtsp", 554, "rtsps", 322);

    private final Set<String> schemes;
    private final String named;
    private final boolean allowsPrivate;

    /**
     * @param named what the user gave
     * @param allowsPrivate whether private, link-local and loopback addresses are allowed to strangers
     */
    HostPolicy(URI named, boolean allowsPrivate) {
        this.schemes = CAMERAS.contains(scheme(named)) ? CAMERAS : WEB;
        this.named = hostAndPort(named);
        this.allowsPrivate = allowsPrivate;
    }

    /** An address that may not be fetched. */
    static final class RefusedException extends IOException {
        RefusedException(String message) {
            super(message);
        }
    }

    /** @throws RefusedException whose message is one line for the user, without secrets */
    void check(URI uri) throws RefusedException, UnknownHostException {
        if (!schemes.contains(scheme(uri))) {
            throw new RefusedException("it leads to an address of the kind " + scheme(uri)
                    + ":, and a network source may lead to "
                    + schemes.stream().sorted().collect(Collectors.joining(" and ")) + " alone");
        }
        if (uri.getHost() == null) {
            throw new RefusedException(
                    "a name of a host holds letters, digits, hyphens and dots alone (RFC 1123); give the"
                            + " host its number or another name");
        }
        if (allowsPrivate || hostAndPort(uri).equals(named)) {
            return;
        }
        for (InetAddress address : InetAddress.getAllByName(uri.getHost())) {
            if (!isPublic(address)) {
                throw new RefusedException("it leads to " + hostAndPort(uri) + ", an address inside this machine or its"
                        + " network; name that address yourself, or set source.allow-private-hosts");
            }
        }
    }

    private static String scheme(URI uri) {
        return String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    }

    private static String hostAndPort(URI uri) {
        int port = uri.getPort() >= 0 ? uri.getPort() : PORTS.getOrDefault(scheme(uri), 0);
        return String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
    }

    /** Whether the whole Internet can reach it (IANA's registries of special-purpose addresses). */
    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address ? isPublicV6(bytes) : isPublicV4(bytes, 0);
    }

    private static boolean isPublicV4(byte[] bytes, int at) {
        int first = bytes[at] & 255;
        int second = bytes[at + 1] & 255;
        boolean isPrivate = first == 10
                || first == 127
                || (first == 172 && second >= 16 && second < 32)
                || (first == 192 && second == 168)
                || (first == 169 && second == 254);
        boolean isSpecial = first == 0
                || first >= 224
                || (first == 100 && second >= 64 && second < 128) // carriers' own networks
                || (first == 192 && second == 0 && bytes[at + 2] == 0)
                || (first == 198 && (second == 18 || second == 19));
        return !isPrivate && !isSpecial;
    }

    private static boolean isPublicV6(byte[] bytes) {
        boolean isUniqueLocal = (bytes[0] & 0xfe) == 0xfc;
        int prefix = ((bytes[0] & 255) << 8) | (bytes[1] & 255);
        if (prefix == 0x2002) {
            return isPublicV4(bytes, 2); // 6to4 carries an IPv4 address
        }
        boolean isTranslated = prefix == 0x0064 && (bytes[2] & 255) == 0xff && (bytes[3] & 255) == 0x9b;
        boolean isCompatible = prefix == 0 && bytes[2] == 0 && bytes[3] == 0;
        return (isTranslated || isCompatible) ? isPublicV4(bytes, 12) : !isUniqueLocal;
    }
}
