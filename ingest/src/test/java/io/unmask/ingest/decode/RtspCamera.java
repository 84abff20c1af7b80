package io.unmask.ingest.decode;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Writer;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends a transport stream over RTSP (RFC 2326, interleaved in its connection) to one client, and hangs up. */
final class RtspCamera {
    private static final String SDP = String.join(
            "\r\n",
            "v=0",
            "o=- 0 0 IN IP4 127.0.0.1",
            "s=camera",
            "t=0 0",
            "m=video 0 RTP/AVP 33",
            "a=control:track1",
            "");
    private static final int PACKET = 7 * 188;
    private static final Pattern CLIENT_PORT = Pattern.compile("client_port=(\\d+)");

    private RtspCamera() {}

    /** Sends the stream over UDP, loses each packet of those numbers on the way, and hangs up when the client does. */
    static void serveUdp(ServerSocket listener, byte[] transportStream, IntPredicate lost) throws IOException {
        try (Socket client = listener.accept();
                DatagramSocket udp = new DatagramSocket(0, client.getLocalAddress())) {
            BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
            OutputStream out = client.getOutputStream();
            int port = 0;
            String request = in.readLine();
            while (!request.startsWith("PLAY")) {
                int asked = answer(request, in, out, udp.getLocalPort());
                port = asked > 0 ? asked : port;
                request = in.readLine();
            }
            answer(request, in, out, udp.getLocalPort());
            for (int from = 0; from < transportStream.length; from += PACKET) {
                byte[] framed = packet(transportStream, from);
                if (!lost.test(from / PACKET)) {
                    udp.send(new DatagramPacket(framed, 4, framed.length - 4, client.getInetAddress(), port));
                    // So fast that a small buffer does not run over.
                    LockSupport.parkNanos(500_000);
                }
            }
            in.transferTo(Writer.nullWriter());
        }
    }

    static void serve(ServerSocket listener, byte[] transportStream) throws IOException {
        try (Socket client = listener.accept()) {
            BufferedReader in = new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
            OutputStream out = client.getOutputStream();
            String request = in.readLine();
            while (!request.startsWith("PLAY")) {
                answer(request, in, out);
                request = in.readLine();
            }
            answer(request, in, out);
            for (int from = 0; from < transportStream.length; from += PACKET) {
                out.write(packet(transportStream, from));
            }
            client.shutdownOutput();
            // What the client still says is read: closing over it would reset the connection.
            in.transferTo(Writer.nullWriter());
        }
    }

    private static void answer(String request, BufferedReader in, OutputStream out) throws IOException {
        answer(request, in, out, 0);
    }

    /** Returns the port that the client waits at, if it says so. */
    private static int answer(String request, BufferedReader in, OutputStream out, int serverPort) throws IOException {
        int port = 0;
        StringBuilder answer = new StringBuilder("RTSP/1.0 200 OK\r\nSession: 1\r\n");
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
            if (line.startsWith("CSeq:")) {
                answer.append(line).append("\r\n");
            }
            Matcher asked = CLIENT_PORT.matcher(line);
            port = asked.find() ? Integer.parseInt(asked.group(1)) : port;
        }
        if (request.startsWith("SETUP")) {
            answer.append(
                    port == 0
                            ? "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
                            : "Transport: RTP/AVP;unicast;client_port=" + port + "-" + (port + 1) + ";server_port="
                                    + serverPort + "-" + (serverPort + 1) + "\r\n");
        }
        String body = request.startsWith("DESCRIBE") ? SDP : "";
        answer.append("Content-Type: application/sdp\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        out.write(answer.toString().getBytes(US_ASCII));
        return port;
    }

    /** An RTP packet (RFC 3550) in its frame. */
    private static byte[] packet(byte[] stream, int from) {
        int count = Math.min(PACKET, stream.length - from);
        return ByteBuffer.allocate(16 + count)
                .put((byte) '$')
                .put((byte) 0)
                .putShort((short) (12 + count))
                .put((byte) 0x80)
                .put((byte) 33)
                .putShort((short) (from / PACKET))
                .putInt(from)
                .putInt(1)
                .put(stream, from, count)
                .array();
    }
}
