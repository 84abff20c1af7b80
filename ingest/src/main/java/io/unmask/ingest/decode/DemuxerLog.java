package io.unmask.ingest.decode;

import java.util.function.Consumer;
import java.util.regex.Pattern;

/** What FFmpeg's demuxer writes in its log and returns to nobody. Used by the decoding thread only. */
final class DemuxerLog implements Consumer<String> {
    private static final Pattern LOSS = Pattern.compile("RTP: missed \\d+ packets|skipping \\d+ segments ahead");

    private boolean lost;

    @Override
    public void accept(String line) {
        lost |= LOSS.matcher(line).find();
    }

    /** Whether packets were lost since this was asked last. */
    boolean hasLost() {
        boolean was = lost;
        lost = false;
        return was;
    }
}
