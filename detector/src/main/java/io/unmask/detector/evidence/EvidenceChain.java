package io.unmask.detector.evidence;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.unmask.config.PrivateFiles;
import io.unmask.config.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * A stream's chain of evidence: a file with one line for each event, picture and erasure. Each line holds the digest of the
 * line before it. When a call returns, its lines are on the disk. A line that a crash cut short is removed before the next one
 * is appended. Several processes may append to one chain.
 */
final class EvidenceChain {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().addModule(new Jdk8Module()).build();
    private static final int BLOCK_BYTES = 1 << 16;

    private final Path file;
    private final Clock clock;

    EvidenceChain(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    Path file() {
        return file;
    }

    /** Appends to a chain that is locked. */
    interface Appender {
        /**
         * Appends entries.
         *
         * @throws IOException when they cannot be written. What was written of them is removed again, if the disk allows it
         */
        void append(List<ChainEntry.Content> contents) throws IOException;
    }

    /** What is done while the chain is locked. */
    interface LockedWork {
        void run(Appender chain) throws IOException;
    }

    /** Appends entries, as {@link Appender#append}. */
    void append(List<ChainEntry.Content> contents) throws IOException {
        whileLocked(chain -> chain.append(contents));
    }

    /**
     * Runs the work while no other thread or process can append. A picture is written or erased in the same work as its entry, so
     * that the chain and the pictures agree.
     */
    void whileLocked(LockedWork work) throws IOException {
        PrivateFiles.createDirectories(file.getParent());
        PrivateFiles.create(file);
        // A lock of the file keeps other processes out, the monitor other threads.
        synchronized (EvidenceChain.class) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                work.run(contents -> write(channel, linesAfter(lastLine(channel), contents)));
                if (!lock.isValid()) {
                    throw new IOException(file + ": its lock was lost, so another process may have written to it");
                }
            }
        }
    }

    private byte[] linesAfter(byte[] lastLine, List<ChainEntry.Content> contents) throws IOException {
        byte[] last = lastLine;
        long number = last.length == 0 ? 0 : number(last);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (ChainEntry.Content content : contents) {
            String previous = last.length == 0 ? "" : Sha256.of(last);
            last = MAPPER.writeValueAsBytes(content.at(++number, clock.instant(), previous));
            lines.writeBytes(last);
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    private long number(byte[] lastLine) throws IOException {
        return entry(lastLine)
                .orElseThrow(() -> new IOException(
                        file + ": its last line cannot be read, so nothing can be added; move the file away and a new"
                                + " chain begins"))
                .number();
    }

    private static void write(FileChannel channel, byte[] lines) throws IOException {
        long end = channel.size();
        try {
            channel.position(end);
            ByteBuffer bytes = ByteBuffer.wrap(lines);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        } catch (IOException e) {
            try {
                channel.truncate(end);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
    }

    /** Receives the lines of a chain, one after the other. */
    interface Reader {
        /**
         * Receives one line.
         *
         * @param line without its line feed
         * @param entry the parsed line; empty when it cannot be parsed
         */
        void line(byte[] line, Optional<ChainEntry> entry) throws IOException;
    }

    /**
     * Reads the complete lines from a position on, the oldest first, with one in memory at a time. Does not check that each
     * holds the digest of the one before.
     *
     * @param from 0, or what an earlier call returned
     * @return position after the last complete line, from which a later call goes on. It is less than {@code from} when the
     *     file has become shorter, and nothing was read then
     */
    long read(long from, Reader reader) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        try (FileChannel channel = FileChannel.open(file)) {
            long end = lineFeedBefore(channel, channel.size()) + 1;
            channel.position(from);
            Lines lines = new Lines(Channels.newInputStream(channel));
            while (from + lines.position() < end) {
                byte[] line =
                        lines.next().orElseThrow(() -> new IOException(file + ": became shorter while it was read"));
                reader.line(line, entry(line));
            }
            return end;
        }
    }

    /** The first line, by which a chain is told from any other; empty when there is none. */
    Optional<byte[]> firstLine() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new Lines(in).next();
        }
    }

    /** Copies the first bytes of the file. */
    void copy(long bytes, OutputStream to) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            long left = bytes;
            byte[] buffer = new byte[BLOCK_BYTES];
            while (left > 0) {
                int read = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
                if (read == 0) {
                    throw new IOException(file + ": became shorter while it was read");
                }
                to.write(buffer, 0, read);
                left -= read;
            }
        }
    }

    /** Parses a line; empty when it is not an entry. */
    static Optional<ChainEntry> entry(byte[] line) {
        try {
            return Optional.ofNullable(MAPPER.readValue(line, ChainEntry.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The last complete line, without its line feed. Removes an incomplete line that follows it. */
    private static byte[] lastLine(FileChannel channel) throws IOException {
        long end = lineFeedBefore(channel, channel.size());
        if (end + 1 < channel.size()) {
            channel.truncate(end + 1);
        }
        if (end < 0) {
            return new byte[0];
        }
        long start = lineFeedBefore(channel, end) + 1;
        ByteBuffer line = ByteBuffer.allocate(Math.toIntExact(end - start));
        read(channel, line, start);
        return line.array();
    }

    /** Position of the last line feed before the given position; -1 when there is none. */
    private static long lineFeedBefore(FileChannel channel, long position) throws IOException {
        long end = position;
        while (end > 0) {
            int length = (int) Math.min(BLOCK_BYTES, end);
            ByteBuffer bytes = ByteBuffer.allocate(length);
            read(channel, bytes, end - length);
            for (int i = length - 1; i >= 0; i--) {
                if (bytes.get(i) == '\n') {
                    return end - length + i;
                }
            }
            end -= length;
        }
        return -1;
    }

    private static void read(FileChannel channel, ByteBuffer into, long from) throws IOException {
        long position = from;
        while (into.hasRemaining()) {
            position += channel.read(into, position);
        }
    }
}
