package io.unmask.model.train;

/** Progress that nobody watches. */
record Silence() implements Progress {
    @Override
    public void stepped(Step step) {}

    @Override
    public void judged(Judged judged) {}

    @Override
    public void limited(String by) {}

    @Override
    public void skipped(String file) {}
}
