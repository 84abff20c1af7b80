package io.unmask.ingest.decode;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** Tells FFmpeg's blocking I/O to give up. Any thread may raise it. Its memory lives as long as it is reachable. */
final class InterruptFlag {
    // One callback for all sources: JavaCPP has a fixed, small number of native slots for callbacks of a type.
    private static final AVIOInterruptCB.Callback_Pointer CALLBACK = new Callback();

    private final IntPointer raised = new IntPointer(1).put(0);
    private final AVIOInterruptCB struct = new AVIOInterruptCB();
    private final List<Runnable> aborts = new ArrayList<>();

    InterruptFlag() {
        struct.callback(CALLBACK).opaque(raised);
    }

    AVIOInterruptCB struct() {
        return struct;
    }

    /** What else ends a wait; called by the thread that raises the flag, at once when it is raised already. */
    synchronized void onRaise(Runnable abort) {
        aborts.add(abort);
        if (isRaised()) {
            abort.run();
        }
    }

    synchronized void raise() {
        raised.put(1);
        aborts.forEach(Runnable::run);
    }

    boolean isRaised() {
        return raised.get() != 0;
    }

    private static final class Callback extends AVIOInterruptCB.Callback_Pointer {
        @Override
        public int call(Pointer opaque) {
            return new IntPointer(opaque).get();
        }
    }
}
