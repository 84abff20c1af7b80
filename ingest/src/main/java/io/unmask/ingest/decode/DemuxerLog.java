package io.unmask.ingest.decode;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What FFmpeg's demuxer writes in its log and returns to nobody. Used by the decoding thread only. */
final class DemuxerLog implements Consumer<String> {
    private static final Pattern LOSS = Pattern.compile("RTP: missed \\d+ packets|skipping \\d+ segments ahead");
    private static final Pattern ANOTHER = Pattern.compile("Found duplicated MOOV Atom");
    private static final Pattern REDIRECT = Pattern.compile("Status \\d{3}: Redirecting to (.*)", Pattern.DOTALL);

    private final Optional<HostPolicy> hosts;
    private final Runnable halt;
    private Optional<IOException> refusal = Optional.empty();
    private boolean lost;
    private boolean another;

    /**
     * @param hosts by which a redirect is judged that FFmpeg follows by itself; empty where it follows none
     * @param halt keeps FFmpeg from what it has announced
     */
    DemuxerLog(Optional<HostPolicy> hosts, Runnable halt) {
        this.hosts = hosts;
        this.halt = halt;
    }

    @Override
    public void accept(String line) {
        lost |= LOSS.matcher(line).find();
        another |= ANOTHER.matcher(line).find();
        Matcher redirect = REDIRECT.matcher(line);
        if (hosts.isPresent() && redirect.find()) {
            follow(redirect.group(1));
        }
    }

    /** @param address up to the end of the line, which is missing where the log has cut it: FFmpeg follows all of it */
    private void follow(String address) {
        if (!address.endsWith("\n")) {
            refuse(new HostPolicy.RefusedException("it leads to an address that is too long"));
            return;
        }
        try {
            hosts.get().check(URI.create(address.stripTrailing()));
        } catch (IOException e) {
            refuse(e);
        } catch (IllegalArgumentException e) {
            refuse(new HostPolicy.RefusedException("it leads to what is no address"));
        }
    }

    private void refuse(IOException why) {
        refusal = Optional.of(why);
        halt.run();
    }

    /** Why the source may not be followed to where it leads. */
    Optional<IOException> refusal() {
        return refusal;
    }

    /** Whether a second video stands in the file, behind the one that is read. */
    boolean hasAnother() {
        return another;
    }

    /** Whether packets were lost since this was asked last. */
    boolean hasLost() {
        boolean was = lost;
        lost = false;
        return was;
    }
}
