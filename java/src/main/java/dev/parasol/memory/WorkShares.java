package dev.parasol.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Several kinds of work that take turns on one thread, so that each gets its share of the time. Not thread-safe. */
final class WorkShares {
    private static final class Share {
        final double weight;
        final Runnable turn;
        double spent;

        Share(double weight, Runnable turn) {
            this.weight = weight;
            this.turn = turn;
        }
    }

    private final List<Share> shares = new ArrayList<>();

    WorkShares add(double weight, Runnable turn) {
        shares.add(new Share(weight, turn));
        return this;
    }

    void run(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            Share next = shares.get(0);
            for (Share share : shares) {
                next = share.spent < next.spent ? share : next;
            }
            long begin = System.nanoTime();
            next.turn.run();
            next.spent += (System.nanoTime() - begin) / next.weight;
        }
    }
}
