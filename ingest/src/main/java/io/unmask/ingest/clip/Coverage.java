package io.unmask.ingest.clip;

/**
 * What became of a source's frames so far: silence must not read as "real".
 *
 * @param decoded frames decoded; one that is neither sampled nor referred to is not
 * @param sampled frames searched for faces
 * @param withFace sampled frames with a face
 * @param damaged packets or frames that the decoder could not use
 * @param dropped frames of a live source that would have been sampled and were skipped because scoring fell behind
 * @param reconnects times a live source was opened again
 */
public record Coverage(long decoded, long sampled, long withFace, long damaged, long dropped, int reconnects) {
    public static final Coverage NONE = new Coverage(0, 0, 0, 0, 0, 0);
}
