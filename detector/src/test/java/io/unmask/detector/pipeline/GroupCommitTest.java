package io.unmask.detector.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class GroupCommitTest {
    private final List<List<Integer>> committed = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch disk = new CountDownLatch(1);

    @Test
    void shouldShareACommitAmongAllThatGatherDuringTheOneBefore() throws InterruptedException {
        try (GroupCommit<Integer> group = GroupCommit.start(this::slowly, 100)) {
            group.add(List.of(1));
            awaitCommits(1);
            group.add(List.of(2, 3));
            group.add(List.of(4));
            disk.countDown();
        }

        assertThat(committed).containsExactly(List.of(1), List.of(2, 3, 4));
    }

    @Test
    void shouldCommitEverythingInOrderBeforeItIsClosed() throws InterruptedException {
        List<Integer> all = IntStream.range(0, 10_000).boxed().toList();
        try (GroupCommit<Integer> group = GroupCommit.start(committed::add, 64)) {
            for (int from = 0; from < all.size(); from += 8) {
                group.add(all.subList(from, from + 8));
            }
        }

        assertThat(committed).allSatisfy(items -> assertThat(items).hasSizeBetween(8, 64));
        assertThat(committed.stream().flatMap(List::stream)).containsExactlyElementsOf(all);
    }

    @Test
    void shouldCommitWhatIsLeftWhenItsCallerIsInterrupted() throws InterruptedException {
        try (GroupCommit<Integer> group = GroupCommit.start(this::slowly, 100)) {
            group.add(List.of(1));
            awaitCommits(1);
            group.add(List.of(2));
            Thread.currentThread().interrupt();
            disk.countDown();
        }

        assertThat(Thread.interrupted()).isTrue();
        assertThat(committed).containsExactly(List.of(1), List.of(2));
    }

    @Test
    void shouldBlockWhoAddsWhileTooMuchWaits() throws InterruptedException {
        try (GroupCommit<Integer> group = GroupCommit.start(this::slowly, 2)) {
            group.add(List.of(1));
            awaitCommits(1);
            group.add(List.of(2, 3));
            Thread adding = new Thread(() -> {
                try {
                    group.add(List.of(4));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            adding.start();
            Awaitility.await().until(() -> adding.getState() == Thread.State.WAITING);

            disk.countDown();
            adding.join();
        }

        assertThat(committed).containsExactly(List.of(1), List.of(2, 3), List.of(4));
    }

    @Test
    void shouldTellAFailureToWhoAddsNextAndCommitNothingAfterIt() {
        assertThatThrownBy(() -> {
                    try (GroupCommit<Integer> group = GroupCommit.start(this::fail, 100)) {
                        while (true) {
                            group.add(List.of(1));
                        }
                    }
                })
                .hasMessage("disk full")
                .hasNoSuppressedExceptions();
        assertThat(committed).hasSize(1);
    }

    @Test
    void shouldTellTheLastCommitsFailureWhenItIsClosed() {
        assertThatThrownBy(() -> {
                    try (GroupCommit<Integer> group = GroupCommit.start(this::fail, 100)) {
                        group.add(List.of(1));
                    }
                })
                .hasMessage("disk full");
    }

    private void slowly(List<Integer> items) {
        committed.add(items);
        try {
            disk.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void fail(List<Integer> items) {
        committed.add(items);
        throw new IllegalStateException("disk full");
    }

    private void awaitCommits(int count) {
        Awaitility.await().until(() -> committed.size() == count);
    }
}
