package io.unmask.model.train;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Keeps so many batches ready that the loop never waits. Used by the loop's thread; batches are made on the executor. */
final class BatchLoader implements AutoCloseable {
    private final BatchMaker maker;
    private final ExecutorService executor;
    private final Queue<Future<Batch>> ahead = new ArrayDeque<>();
    private final int depth;
    private long next;

    /**
     * @param executor makes batches; not closed here
     * @param first number of the first batch
     */
    BatchLoader(BatchMaker maker, ExecutorService executor, int depth, long first) {
        this.maker = maker;
        this.executor = executor;
        this.depth = depth;
        this.next = first;
        fill();
    }

    Batch next() throws InterruptedException {
        try {
            var batch = ahead.remove().get();
            fill();
            return batch;
        } catch (ExecutionException e) {
            throw new TrainingException(
                    "a batch could not be made: " + e.getCause().getMessage(), e.getCause());
        }
    }

    long inEpoch() {
        return maker.drawing().batchesInEpoch();
    }

    private void fill() {
        while (ahead.size() < depth) {
            long number = next++;
            ahead.add(executor.submit(() -> maker.make(number)));
        }
    }

    @Override
    public void close() {
        ahead.forEach(batch -> batch.cancel(true));
    }
}
