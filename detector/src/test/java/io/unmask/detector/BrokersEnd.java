package io.unmask.detector;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Waits after a test for the brokers of the runs that it began and stopped. A run that is stopped leaves its broker to the end
 * of the process; in the tests' process the broker would write on into a folder that is being deleted.
 */
public final class BrokersEnd implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(BrokersEnd.class);
    private static final long PATIENCE_MS = 10_000;

    @Override
    public void beforeAll(ExtensionContext tests) {
        remember(tests);
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        remember(test);
    }

    @Override
    public void afterEach(ExtensionContext test) throws InterruptedException {
        awaitNewOnes(test);
    }

    @Override
    public void afterAll(ExtensionContext tests) throws InterruptedException {
        awaitNewOnes(tests);
    }

    private static void remember(ExtensionContext context) {
        context.getStore(NAMESPACE).put(context.getUniqueId(), readers());
    }

    private static void awaitNewOnes(ExtensionContext context) throws InterruptedException {
        Set<?> before = context.getStore(NAMESPACE).get(context.getUniqueId(), Set.class);
        for (Thread reader : readers()) {
            if (!before.contains(reader)) {
                reader.join(PATIENCE_MS);
            }
        }
    }

    private static Set<Thread> readers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("unmask-results"))
                .collect(Collectors.toSet());
    }
}
