package dev.parasol.pipeline;

import java.util.HashMap;
import java.util.Map;

/** The callers of a {@link RecognizerService} by name, each as long as it has something open, so that names cost nothing. Thread-safe. */
final class ServiceCallers {
    private static final class Entry {
        private final UtteranceQueue.Caller caller;
        private int open;

        Entry(UtteranceQueue.Caller caller) {
            this.caller = caller;
        }
    }

    private final UtteranceQueue queue;
    private final Map<String, Entry> entries = new HashMap<>();

    ServiceCallers(UtteranceQueue queue) {
        this.queue = queue;
    }

    /** A caller for one more request, which must {@link #finished} it. */
    synchronized UtteranceQueue.Caller begin(String name) {
        Entry entry = entries.computeIfAbsent(name, key -> new Entry(queue.open(false)));
        entry.open++;
        return entry.caller;
    }

    synchronized void finished(String name) {
        Entry entry = entries.get(name);
        if (--entry.open == 0) {
            entries.remove(name).caller.close();
            notifyAll();
        }
    }

    /** Waits until no request is open. */
    synchronized void awaitNone() {
        boolean interrupted = false;
        while (!entries.isEmpty()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
