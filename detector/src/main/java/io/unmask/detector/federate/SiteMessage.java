package io.unmask.detector.federate;

import java.util.Map;

/** What a site says in one round. */
public sealed interface SiteMessage {
    String federation();

    long round();

    String site();

    /**
     * The site takes part. With secure aggregation it brings the key of its masks, and shares of its secrets, each of
     * which one other member can read.
     *
     * @param network what the site trains; must be the federation's
     * @param shares recipient to Base64
     */
    record Announcement(
            String federation,
            long round,
            String site,
            long examples,
            Plan.Network network,
            String maskKey,
            Map<String, String> shares,
            Round.Judgement before)
            implements SiteMessage {}

    /**
     * The site's part of the sum has been sent.
     *
     * @param start digest of the model that it trained from
     * @param maskKey the key that its masks were made with
     */
    record Update(String federation, long round, String site, String start, String maskKey, Transfer values)
            implements SiteMessage {}

    /**
     * Shares that take the masks off the sum: of the seeds of those whose updates are in it, and of the mask keys of the
     * others. Never both of one site.
     *
     * @param seeds site to share
     * @param maskKeys site to share
     */
    record Reveal(String federation, long round, String site, Map<String, String> seeds, Map<String, String> maskKeys)
            implements SiteMessage {}
}
