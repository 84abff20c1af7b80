package io.unmask.ingest.decode;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Writer;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;

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

    private RtspCamera() {}

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
        StringBuilder answer = new StringBuilder("RTSP/1.0 200 OK\r\nSession: 1\r\n");
        for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
            if (line.startsWith("CSeq:")) {
                answer.append(line).append("\r\n");
            }
        }
        if (request.startsWith("SETUP")) {
            answer.append("Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n");
        }
        String body = request.startsWith("DESCRIBE") ? SDP : "";
        answer.append("Content-Type: application/sdp\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        out.write(answer.toString().getBytes(US_ASCII));
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
