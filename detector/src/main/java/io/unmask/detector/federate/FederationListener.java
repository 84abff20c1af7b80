package io.unmask.detector.federate;

/** What a coordinator or a site tells while it works. Called by its thread; must return quickly. */
public interface FederationListener {

    /** Kafka answers, and what is there has been read. */
    void connected();

    /** A round has reached a stage. */
    void round(Plan plan, Round round);

    /** Something was not taken. */
    void refused(String site, String reason);

    /** One line of what goes on. */
    void told(String line);

    /** Kafka does not answer; it is tried again. */
    void unreachable(String why);
}
