package dev.parasol.pipeline;

import dev.parasol.memory.ReclaimStep;
import dev.parasol.memory.Reclaimer;
import dev.parasol.model.ReclaimableModel;

/** What a model's user can give back between two passes. Where the device has failed, that is nothing before the closing. */
final class SessionReclaimer implements Reclaimer {
    private final Session<? extends ReclaimableModel> session;

    SessionReclaimer(Session<? extends ReclaimableModel> session) {
        this.session = session;
    }

    @Override
    public long idle() {
        return session.context().failure() == null ? session.model().reserved() + session.memory().idle() : 0;
    }

    @Override
    public long fixed() {
        return session.memory().fixed();
    }

    @Override
    public void reclaim(ReclaimStep step, long bytes) {
        if (session.context().failure() != null) {
            return;
        }
        switch (step) {
            case DRAIN -> session.model().drain();
            case TRIM -> {
                session.model().trim();
                session.memory().trim();
            }
            case EVICT -> session.model().evict();
            case DEFRAGMENT -> session.memory().defragment(bytes);
        }
    }
}
