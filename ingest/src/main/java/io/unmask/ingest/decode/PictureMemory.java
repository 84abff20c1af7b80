package io.unmask.ingest.decode;

/**
 * What the pictures of all sources of this process may take of one kind of memory. A source that has an end waits until others gave back what
 * they hold; a live one cannot wait, and is refused. Thread-safe.
 */
final class PictureMemory {
    /** FFmpeg's frames. */
    static final PictureMemory NATIVE = new PictureMemory("raise source.memory-megabytes");

    /** Pictures that were converted. */
    static final PictureMemory HEAP = new PictureMemory(
            "raise source.process-megabytes if `unmask serve` reads it live," + " else the Java heap (-Xmx)");

    private static final long CHECK_MS = 200;

    private final String remedy;
    private long held;

    /** @param remedy how the user gets more of this memory, for messages */
    PictureMemory(String remedy) {
        this.remedy = remedy;
    }

    /** What a source asks for. */
    record Wish(long bytes, long limit, boolean mayWait) {}

    /** What a source holds; it is given back once. */
    final class Share {
        private long bytes;

        private Share(long bytes) {
            this.bytes = bytes;
        }

        void giveBack() {
            synchronized (PictureMemory.this) {
                held -= bytes;
                bytes = 0;
                PictureMemory.this.notifyAll();
            }
        }
    }

    /** Something that is asked from time to time while one waits. */
    interface Waiting {
        /** False when there is no point in waiting on. */
        boolean goOn();
    }

    /**
     * Takes a share as soon as it is free.
     *
     * @throws SourceException whose message continues "source X: ", when there will never be as much
     */
    synchronized Share take(Wish wish, Waiting waiting) throws SourceException {
        if (wish.bytes > wish.limit) {
            throw SourceException.fatal(
                    "its pictures need " + megabytes(wish.bytes) + " MB of memory, and all sources have "
                            + megabytes(wish.limit) + " MB together; " + remedy + ", or shrink the video");
        }
        while (held + wish.bytes > wish.limit) {
            if (!wish.mayWait || !waiting.goOn()) {
                throw SourceException.fatal(
                        "its pictures need " + megabytes(wish.bytes) + " MB of memory, and other sources"
                                + " hold " + megabytes(held) + " of " + megabytes(wish.limit)
                                + " MB; read fewer sources at once, or " + remedy);
            }
            try {
                wait(CHECK_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw SourceException.fatal("stopped while it waited for memory");
            }
        }
        held += wish.bytes;
        return new Share(wish.bytes);
    }

    private static long megabytes(long bytes) {
        return (bytes + (1 << 20) - 1) >> 20;
    }
}
