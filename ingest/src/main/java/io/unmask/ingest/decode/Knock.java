package io.unmask.ingest.decode;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** Finds out whether anybody listens at a camera's address, so that no process is started for a camera that is off. */
final class Knock {
    private static final int RTSP_PORT = 554;
    private static final int RTMP_PORT = 1935;

    private Knock() {}

    /**
     * Connects and hangs up. Does nothing for a location that is not a valid {@code rtsp:} or {@code rtmp:} URI with a host:
     * FFmpeg may reach it in another way.
     *
     * @param timeoutMs longest wait for a connection; looking the host up takes its own time
     * @throws SourceException when nobody listens, with the message of a source that cannot be opened
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
