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
 * A stream's chain of evidence: a file of one line for each event, picture and erasure, each with the digest of the line
 * before it. When a call returns, its lines are on the disk. The next call removes a line that a crash cut short. Several
 * processes may add to one chain.
 */
final class EvidenceChain {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().addModule(new Jdk8Module()).build();
    private static final int LOOK_BACK = 1 << 16;

    private final Path file;
    private final Clock clock;

    EvidenceChain(Path file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    Path file() {
        return file;
    }

    /** Adds to the chain. */
    interface End {
        /**
         * Adds entries.
         *
         * @throws IOException when the disk refuses it. The chain is then as it was, unless the disk refuses that, too: the
         *     next call removes a line that was cut short
         */
        void add(List<ChainEntry.Content> contents) throws IOException;
    }

    /** Adds to the chain and changes the pictures that it names. */
    interface Work {
        void run(End end) throws IOException;
    }

    /** Adds entries, as {@link End#add}. */
    void add(List<ChainEntry.Content> contents) throws IOException {
        alone(end -> end.add(contents));
    }

    /** Works while no other thread or process adds to the chain, so that it always says what becomes of a picture. */
    void alone(Work work) throws IOException {
        PrivateFiles.createDirectories(file.getParent());
        PrivateFiles.create(file);
        // A lock of the file keeps other processes out, the monitor other threads.
        synchronized (EvidenceChain.class) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                work.run(contents -> append(channel, linesAfter(lastLine(channel), contents)));
                if (!lock.isValid()) {
                    throw new IOException(file + ": its lock was lost");
                }
            }
        }
    }

    private byte[] linesAfter(byte[] lastLine, List<ChainEntry.Content> contents) throws IOException {
        byte[] last = lastLine;
        long number = last.length == 0
                ? 0
                : entry(last)
                        .orElseThrow(() -> new IOException(file
                                + ": its last line cannot be read, so nothing can be added; move the file away and a new"
                                + " chain begins"))
                        .number();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (ChainEntry.Content content : contents) {
            String previous = last.length == 0 ? "" : Sha256.of(last);
            last = MAPPER.writeValueAsBytes(content.at(++number, clock.instant(), previous));
            lines.writeBytes(last);
            lines.write('\n');
        }
        return lines.toByteArray();
    }

    private static void append(FileChannel channel, byte[] lines) throws IOException {
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

    /** Is given the lines of a chain. */
    interface Reader {
        /**
         * Takes one line.
         *
         * @param line without its line feed
         * @param entry empty when the line cannot be read as one
         */
        void line(byte[] line, Optional<ChainEntry> entry) throws IOException;
    }

    /**
     * Reads whole lines, the oldest first, and holds one at a time. Whether each follows from the one before is not checked.
     *
     * @param from what an earlier call returned, or 0
     * @return where the next call goes on
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
                byte[] line = lines.next().orElseThrow(() -> new IOException(file + ": was cut while it was read"));
                reader.line(line, entry(line));
            }
            return end;
        }
    }

    /** The first line, in which a chain differs from every other; empty when there is none. */
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
            byte[] buffer = new byte[LOOK_BACK];
            while (left > 0) {
                int read = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
                if (read == 0) {
                    throw new IOException(file + ": was cut while it was read");
                }
                to.write(buffer, 0, read);
                left -= read;
            }
        }
    }

    /** The entry that a line is, when it can be read. */
    static Optional<ChainEntry> entry(byte[] line) {
        try {
            return Optional.ofNullable(MAPPER.readValue(line, ChainEntry.class));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The last whole line, without its line feed. What follows it in the file is removed. */
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

    /** Position of the last line feed before that one; -1 when there is none. */
    private static long lineFeedBefore(FileChannel channel, long position) throws IOException {
        long end = position;
        while (end > 0) {
            int length = (int) Math.min(LOOK_BACK, end);
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
