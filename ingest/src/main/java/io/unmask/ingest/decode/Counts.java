package io.unmask.ingest.decode;

/**
 * What became of a source's frames.
 *
 * @param decoded frames that came out of the decoder, damaged ones included; those that nobody needs never went in
 * @param sampled frames that were converted and handed out
 * @param damaged packets and frames that were lost or broken, as far as they were decoded; none of them was sampled
 */
public record Counts(long decoded, long sampled, long damaged) {
    public static final Counts NONE = new Counts(0, 0, 0);
}
