package dev.parasol.pipeline;

import java.util.concurrent.CompletableFuture;

/** An utterance on its way through an {@link UtteranceQueue}, whose lock guards it. */
final class Waiting {
    /** Where it is. */
    enum Place {
        WAITING, IN_FLIGHT, ANSWERED
    }

    private final Utterance utterance;
    private final CompletableFuture<Utterance> future;
    private final WaitingLine line;
    private final long sequence;

    /** Read without the lock by who wants to know whether taking it is worth while. */
    volatile Place place = Place.WAITING;
    /** Whether it goes without waiting for a batch to be filled. */
    boolean pressing;
    /** Whether it has to be a batch of its own, since something unforeseen happened to the one that it was part of. */
    boolean alone;
    /** Whether a device has failed with it once. */
    boolean returned;

    /** @param sequence its place among all: the lesser, the older */
    Waiting(Utterance utterance, CompletableFuture<Utterance> future, WaitingLine line, long sequence, boolean pressing) {
        this.utterance = utterance;
        this.future = future;
        this.line = line;
        this.sequence = sequence;
        this.pressing = pressing;
    }

    Utterance utterance() {
        return utterance;
    }

    CompletableFuture<Utterance> future() {
        return future;
    }

    WaitingLine line() {
        return line;
    }

    long sequence() {
        return sequence;
    }

    int samples() {
        return utterance.length();
    }

    /** Tells who asked: the utterance, or what went wrong. Does nothing when it was cancelled. */
    void answer() {
        if (utterance.error() != null) {
            future.completeExceptionally(utterance.error());
        } else {
            future.complete(utterance);
        }
    }
}
