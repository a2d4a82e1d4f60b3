package dev.parasol.cuda;

import java.util.concurrent.atomic.AtomicInteger;

/** A capture in progress: shared by the streams that take part in it, counts the kernels captured so far. */
final class Capture {
    final AtomicInteger kernels = new AtomicInteger();
    private volatile boolean ended;

    void end() {
        ended = true;
    }

    /** The capture if it is still going on, else null. */
    static Capture current(Capture capture) {
        return capture == null || capture.ended ? null : capture;
    }
}
