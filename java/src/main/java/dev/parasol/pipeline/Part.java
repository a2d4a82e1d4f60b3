package dev.parasol.pipeline;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** A piece of a recording on its way: its place, and what will be found in it. Lets go of the samples as soon as it is answered. Thread-safe. */
final class Part {
    private final PiecePlace place;
    /** Null where it is not known. */
    private final SourceState before;
    private final CompletableFuture<Found> found = new CompletableFuture<>();
    /** Null when it is answered. */
    private volatile CompletableFuture<Utterance> waiting;

    /** @param before where reading could begin to come to this piece next, or null */
    Part(PiecePlace place, CompletableFuture<Utterance> answer, SourceState before) {
        this.place = place;
        this.before = before;
        this.waiting = answer;
        answer.whenComplete(this::answered);
    }

    /** One that is answered already. */
    Part(PiecePlace place, Found known) {
        this.place = place;
        this.before = null;
        found.complete(known);
    }

    private void answered(Utterance utterance, Throwable error) {
        waiting = null;
        if (error != null) {
            found.completeExceptionally(error);
            return;
        }
        try {
            found.complete(Found.in(utterance));
        } catch (RuntimeException e) {
            found.completeExceptionally(e);
        }
    }

    PiecePlace place() {
        return place;
    }

    /** Where reading could begin to come to this piece next; null where that is not known. */
    SourceState before() {
        return before;
    }

    /** What was found, which is waited for; an interruption ends no work. Throws what went wrong. */
    Found await() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return found.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw failure(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException failure(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException e ? e : new CompletionException(cause);
    }

    /** Nobody wants to know any more. */
    void cancel() {
        CompletableFuture<Utterance> pending = waiting;
        if (pending != null) {
            pending.cancel(false);
        }
    }
}
