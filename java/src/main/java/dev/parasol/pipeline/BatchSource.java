package dev.parasol.pipeline;

import java.util.List;

/** Where batches come from, in their order; each has an utterance at least, and none that is silent. */
interface BatchSource {
    /** The next batch, which is waited for; null when there are no more. Not called in a turn. */
    List<Utterance> take();

    /** The next batch if it is there already; null otherwise. */
    List<Utterance> poll();

    /** One batch. */
    static BatchSource of(List<Utterance> batch) {
        return new BatchSource() {
            private List<Utterance> next = batch;

            @Override
            public List<Utterance> take() {
                return poll();
            }

            @Override
            public List<Utterance> poll() {
                List<Utterance> taken = next;
                next = null;
                return taken;
            }
        };
    }
}
