package io.unmask.ingest.decode;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads from the log of FFmpeg's demuxer what its functions do not return: lost packets, a second video, redirects. Used by
 * the decoding thread only.
 */
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
     * @param hosts where redirects that FFmpeg follows by itself may lead; empty when it follows none
     * @param halt keeps FFmpeg from following the redirect that it has just announced
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
            checkRedirect(redirect.group(1));
        }
    }

    /**
     * @param address the rest of the line. Without a line break at its end, the log has cut the address short, while FFmpeg
     *     would follow the whole of it
     */
    private void checkRedirect(String address) {
        if (!address.endsWith("\n")) {
            refuse(new HostPolicy.RefusedException("it leads to an address that is too long"));
            return;
        }
        try {
            hosts.get().check(URI.create(address.stripTrailing()));
        } catch (IOException e) {
            refuse(e);
        } catch (IllegalArgumentException e) {
            refuse(new HostPolicy.RefusedException("it leads to something that is not an address"));
        }
    }

    private void refuse(IOException why) {
        refusal = Optional.of(why);
        halt.run();
    }

    /** Why a redirect was refused, if one was. */
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
