package dev.parasol.memory;

/**
 * Work of one member, from its first request to its end, whatever it is retried or divided into meanwhile: so its age
 * stays that of the first request. Made by {@link WorkTurns#begin}; closing it frees the member for the next one. Used
 * by the thread that made it alone; its state belongs to the {@link TurnBoard}.
 */
public final class WorkTask implements AutoCloseable {
    /** What a task can be waiting for. */
    enum Want {
        /** That its member is free. */
        MEMBER("its recognizer"),
        /** To work while others do. */
        BESIDE("a turn"),
        /** The same, once others have given back as much as it lacks. */
        MEMORY("memory of others"),
        /** To work while nobody else does. */
        ALONE("a turn alone");

        private final String title;

        Want(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }

        /** Whether younger ones must not begin before it has had its turn. */
        boolean goesFirst() {
            return this == MEMORY || this == ALONE;
        }
    }

    private final WorkTurns turns;
    private final WorkMember member;
    private final String name;
    private final Object owner;
    private final long age;
    private final boolean nested;

    /** What it waits for, or null. */
    Want want;
    /** Bytes that it lacks while it waits. */
    long lacking;
    /** Bytes that it waited for, may have, and has not taken yet. */
    long promised;
    /** {@link System#nanoTime} when it began to wait. */
    long since;
    /** {@link Want#BESIDE} or {@link Want#ALONE} while it is at work, or else null. */
    Want turn;
    /** Whether its member is its own now. */
    boolean occupies;
    /** Its waiting was ended because it could not have ended otherwise. */
    boolean refused;

    WorkTask(WorkTurns turns, WorkMember member, String name, Object owner, long age, boolean nested) {
        this.turns = turns;
        this.member = member;
        this.name = name;
        this.owner = owner;
        this.age = age;
        this.nested = nested;
    }

    /** What it is, for reports. */
    public String name() {
        return name;
    }

    /** Its place among all tasks of the process: the lesser, the older. */
    public long age() {
        return age;
    }

    /** Whether others wait for its end, or for memory before anybody begins something new. */
    public boolean awaited() {
        return turns.awaited(this);
    }

    WorkTurns turns() {
        return turns;
    }

    WorkMember member() {
        return member;
    }

    /** Whether younger ones must not begin: it waits for memory, or has not taken yet what it waited for. */
    boolean goesFirst() {
        return want != null && want.goesFirst() || promised > 0;
    }

    /** Who executes it: a thread. */
    Object owner() {
        return owner;
    }

    /** Whether its thread was in the middle of another task. */
    boolean nested() {
        return nested;
    }

    /** Ends it. Whatever turn it has must be over. */
    @Override
    public void close() {
        turns.end(this);
    }

    @Override
    public String toString() {
        return member.name() + ": " + name;
    }
}
