package dev.parasol.memory;

/**
 * Somebody who works with a budget's memory, one task at a time: a recognizer, or a model on its way in. Made by
 * {@link WorkTurns#join}. Its state belongs to the {@link TurnBoard}.
 */
public final class WorkMember {
    private final String name;
    private volatile Reclaimer reclaimer = Reclaimer.NONE;
    /** The task in whose name the member's memory is being taken back now, or null. */
    WorkTask reclaimedBy;
    boolean left;

    WorkMember(String name) {
        this.name = name;
    }

    /** The name in reports. */
    public String name() {
        return name;
    }

    /** From now on the member's idle memory can be taken back. */
    public void reclaimBy(Reclaimer newReclaimer) {
        reclaimer = newReclaimer;
    }

    Reclaimer reclaimer() {
        return reclaimer;
    }
}
