package dev.parasol.pipeline;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Batches that are all there from the beginning. */
final class ReadyBatches implements BatchSource {
    private final Deque<List<Utterance>> batches;

    private ReadyBatches(Deque<List<Utterance>> batches) {
        this.batches = batches;
    }

    /** Each utterance is a batch. */
    static ReadyBatches ofEach(List<Utterance> utterances) {
        return new ReadyBatches(new ArrayDeque<>(utterances.stream().map(List::of).toList()));
    }

    @Override
    public List<Utterance> take() {
        return batches.poll();
    }

    @Override
    public List<Utterance> poll() {
        return batches.poll();
    }
}
