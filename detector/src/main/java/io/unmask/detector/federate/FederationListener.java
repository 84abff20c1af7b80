package io.unmask.detector.federate;

import java.util.Collection;

/** What a coordinator or a site tells while it works. Called by its thread; must return quickly. */
public interface FederationListener {

    /** Kafka answers, and what is there has been read. */
    void connected();

    /** The rounds of a federation that is gone on with, by their last stage. */
    default void resumed(Plan plan, Collection<Round> rounds) {}

    /** A round has reached a stage. */
    void round(Plan plan, Round round);

    /** Something was not taken. */
    void refused(String site, String reason);

    /** One line of what goes on. */
    void told(String line);

    /** Kafka does not answer; it is tried again. */
    void unreachable(String why);
}
