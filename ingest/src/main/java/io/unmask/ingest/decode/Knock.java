package io.unmask.ingest.decode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** Finds out whether anybody listens at a camera's address, so that one that is off does not cost a process. */
final class Knock {
    private static final int RTSP_PORT = 554;
    private static final int RTMP_PORT = 1935;

    private Knock() {}

    /**
     * Connects and hangs up, after that time at most and what it takes to look the host up. What is no RTSP or RTMP address by the book, or may take another way, is left to FFmpeg.
     *
     * @throws SourceException in the words of one that was tried to be opened
     */
    static void at(SourceUri uri, int timeoutMs) throws SourceException {
        URI address;
        try {
            address = URI.create(uri.location());
        } catch (IllegalArgumentException e) {
            return;
        }
        boolean isPlain = "rtsp".equalsIgnoreCase(address.getScheme()) || "rtmp".equalsIgnoreCase(address.getScheme());
        if (!isPlain || address.getHost() == null) {
            return;
        }
        int usual = uri.kind() == SourceUri.Kind.RTSP ? RTSP_PORT : RTMP_PORT;
        try {
            knock(address.getHost(), address.getPort() < 0 ? usual : address.getPort(), timeoutMs);
        } catch (IOException e) {
            throw SourceException.retriable("source " + uri + ": cannot be opened: " + HttpCauses.words(e));
        }
    }

    private static void knock(String host, int port, int timeoutMs) throws IOException {
        IOException failure = new IOException("no such host");
        InetAddress[] addresses = InetAddress.getAllByName(host);
        for (InetAddress each : addresses) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(each, port), Math.max(1, timeoutMs / addresses.length));
                return;
            } catch (IOException e) {
                failure = e;
            }
        }
        throw failure;
    }
}
