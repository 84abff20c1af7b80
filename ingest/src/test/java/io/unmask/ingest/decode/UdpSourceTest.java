package io.unmask.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.unmask.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An MPEG transport stream that is sent to a port, as encoders send it on a local network. */
@Timeout(60)
class UdpSourceTest {
    private static final int DATAGRAM_BYTES = 7 * 188;
    private static final Settings.Source SETTINGS =
            new Settings.Source(8, 1, 1_500, 0, 7680L * 4320, 200_000, 0, false, 0, false);

    @TempDir
    Path folder;

    private byte[] stream;
    private int port;
    private int lostOf = Integer.MAX_VALUE;

    @BeforeEach
    void make() throws Exception {
        stream = Files.readAllBytes(TestVideo.of(250).noisy().write(folder.resolve("v.ts")));
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    @Test
    void shouldShowWhatIsSentAndLoseTheConnectionWhenNothingComesAnyMore() throws Exception {
        Thread sender = new Thread(this::send);
        sender.start();
        try (FrameSource source = FrameSources.open(uri(), SETTINGS)) {
            assertThat(source.next()).isPresent();
            assertThat(source.next()).isPresent();
            sender.interrupt();

            assertThatThrownBy(() -> Sources.drain(source))
                    .isInstanceOfSatisfying(SourceException.class, e -> assertThat(e.retriable())
                            .isTrue())
                    .hasMessageStartingWith("source udp://127.0.0.1:" + port + ": ")
                    .hasMessageEndingWith("; check that an MPEG transport stream is sent to that address and port");
        } finally {
            sender.interrupt();
            sender.join();
        }
    }

    @Test
    void shouldShowNothingBetweenALostDatagramAndTheNextKeyFrame() throws Exception {
        lostOf = 40;
        Thread sender = new Thread(this::send);
        sender.start();
        try (FrameSource source = FrameSources.open(uri(), SETTINGS)) {
            while (source.counts().tainted() == 0) {
                assertThat(source.next()).isPresent();
            }
        } finally {
            sender.interrupt();
            sender.join();
        }
    }

    @Test
    void shouldSayWhatToDoWhereNothingIsSent() throws Exception {
        SourceUri silent = uri();
        assertThatThrownBy(() -> FrameSources.open(silent, SETTINGS).close())
                .isInstanceOfSatisfying(
                        SourceException.class, e -> assertThat(e.retriable()).isTrue())
                .hasMessageStartingWith("source udp://127.0.0.1:" + port + ": ")
                .hasMessageEndingWith("; check that an MPEG transport stream is sent to that address and port");
    }

    @Test
    void shouldAskForAPort() {
        assertThatThrownBy(() -> SourceUri.parse("udp://239.0.0.1"))
                .hasMessage(
                        "source udp://239.0.0.1: no port; write udp://ADDRESS:PORT, the address of this machine or of"
                                + " a multicast group");
    }

    private SourceUri uri() throws SourceException {
        return SourceUri.parse("udp://127.0.0.1:" + port);
    }

    /** At a pace that a receiver can follow, again and again until it is interrupted. */
    private void send() {
        try (DatagramSocket socket = new DatagramSocket()) {
            while (!Thread.currentThread().isInterrupted()) {
                for (int at = 0; at < stream.length && !Thread.currentThread().isInterrupted(); at += DATAGRAM_BYTES) {
                    int length = Math.min(DATAGRAM_BYTES, stream.length - at);
                    if (at / DATAGRAM_BYTES % lostOf != lostOf - 1) {
                        socket.send(new DatagramPacket(stream, at, length, InetAddress.getLoopbackAddress(), port));
                    }
                    LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(500));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
