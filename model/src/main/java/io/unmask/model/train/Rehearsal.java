package io.unmask.model.train;

/** Steps of a training whose weights nobody keeps, to be timed. Used by one thread. */
public final class Rehearsal implements AutoCloseable {
    private static final double RATE = 1e-4;
    private static final double AVERAGE_DECAY = 0.9;

    private final TrainStep step;
    private final Rendering rendering;
    private final BatchLoader batches;
    private final Batch same;
    private long done;

    /** @param same is learnt from again and again when no loader is to be waited for */
    Rehearsal(TrainStep step, Rendering rendering, BatchLoader batches, Batch same) {
        this.step = step;
        this.rendering = rendering;
        this.batches = batches;
        this.same = same;
    }

    /** Seconds that so many steps take with the loader, until as many batches are ready as were before. */
    public double withLoader(int steps) throws InterruptedException {
        batches.awaitReady();
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            run(batches.next());
        }
        batches.awaitReady();
        return (System.nanoTime() - start) / 1e9;
    }

    /** Seconds that so many steps take on a batch that is in memory, while the loader rests. */
    public double onOneBatch(int steps) throws InterruptedException {
        batches.awaitReady();
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            run(same);
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private void run(Batch batch) {
        step.run(batch, ++done, RATE, AVERAGE_DECAY);
    }

    @Override
    public void close() {
        try (step;
                rendering;
                batches) {
            done = 0;
        }
    }
}
