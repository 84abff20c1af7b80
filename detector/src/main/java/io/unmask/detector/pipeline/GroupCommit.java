package io.unmask.detector.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Commits on a thread of its own, named {@code unmask-commit}, so that the next batch is scored while the disk writes
 * the last: what gathers during a commit shares the next one, in order. Nothing is committed after a failure. For one
 * thread that adds.
 *
 * @param <T> what is committed
 */
public final class GroupCommit<T> implements AutoCloseable {
    private final Consumer<List<T>> commit;
    private final int most;
    private final Thread thread = new Thread(this::run, "unmask-commit");
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private List<T> gathered = new ArrayList<>();
    private boolean closed;
    private boolean told;
    private Throwable failure;

    private GroupCommit(Consumer<List<T>> commit, int most) {
        this.commit = commit;
        this.most = most;
        thread.setDaemon(true);
    }

    /**
     * Starts the thread.
     *
     * @param commit is given at least one item; when it returns, they are safe
     * @param most items that may wait for a commit, unless one addition is larger
     */
    public static <T> GroupCommit<T> start(Consumer<List<T>> commit, int most) {
        GroupCommit<T> group = new GroupCommit<>(commit, most);
        group.thread.start();
        return group;
    }

    /**
     * Adds to the next commit; waits while there is no room.
     *
     * @throws RuntimeException that an earlier commit failed with; nothing was added
     */
    public void add(List<T> items) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (failure == null && !gathered.isEmpty() && gathered.size() + items.size() > most) {
                changed.await();
            }
            tellFailure();
            gathered.addAll(items);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything is committed.
     *
     * @throws RuntimeException that a commit failed with, unless {@link #add} has thrown it
     */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        join();
        if (!told) {
            tellFailure();
        }
    }

    private void run() {
        try {
            for (List<T> items = next(); !items.isEmpty(); items = next()) {
                commit.accept(items);
            }
        } catch (RuntimeException | Error e) {
            lock.lock();
            try {
                failure = e;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Waits for items and takes all of them; empty when nothing will come any more. */
    private List<T> next() {
        lock.lock();
        try {
            while (gathered.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            List<T> items = gathered;
            gathered = new ArrayList<>();
            changed.signalAll();
            return items;
        } finally {
            lock.unlock();
        }
    }

    private void tellFailure() {
        if (failure == null) {
            return;
        }
        told = true;
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    /** Waits for the thread to end. An interrupt does not end the wait, because verdicts would be lost. */
    private void join() {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
