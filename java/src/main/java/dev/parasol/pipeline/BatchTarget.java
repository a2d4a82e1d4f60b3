package dev.parasol.pipeline;

import java.util.List;

/** What an {@link UtteranceQueue} asks of the device that its batches go to. Used by that device's thread. */
interface BatchTarget {
    /** A device without a limit of its own that never fails. */
    BatchTarget PLAIN = new BatchTarget() {};

    /** The most samples of the next batch; the queue's own limit holds besides. Asked in the queue's lock. */
    default long limit() {
        return Long.MAX_VALUE;
    }

    /** What is to be done before the next batch is chosen, while the device is at rest. */
    default void rest() {}

    /** Whether a batch can go; where it cannot, {@link #limit} is less than the batch from now on. One of a single utterance always can. */
    default boolean admits(List<Utterance> batch) {
        return true;
    }

    /** Whether the device may take a batch while another one is in flight. */
    default boolean admitsAnother() {
        return true;
    }

    /** Why the device is lost, or null while it works. */
    default RuntimeException failure() {
        return null;
    }
}
