package io.unmask.detector.broker;

import org.apache.kafka.common.utils.Exit;

/**
 * Keeps Kafka's server from ending the whole process when it fails: its thread gets an exception instead. Nor may it listen
 * to the process's end, at which the broker is closed anyway: once that has begun, a new listener is an error.
 */
final class KafkaExit {
    private KafkaExit() {}

    static void forbid() {
        Exit.setExitProcedure(KafkaExit::refuse);
        Exit.setHaltProcedure(KafkaExit::refuse);
        Exit.setShutdownHookAdder((name, action) -> {});
    }

    private static void refuse(int status, String message) {
        throw new BrokerException("the embedded broker gave up (status " + status + ")"
                + (message == null ? "" : ": " + message) + "; see its log with --verbose");
    }
}
