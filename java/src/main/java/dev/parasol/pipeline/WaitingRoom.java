package dev.parasol.pipeline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What waits, and the choice of the next batch.
 *
 * <p>A batch is chosen in two steps. First callers have their turns, the one that was served longest ago first: each gets its
 * oldest utterance in, and as many more of its oldest as fit into its share of half the batch. Then the batch is filled with
 * the longest that still fits, over and over, from all that waits. So every caller gets at least half of what is fair, long
 * ones do not pile up for the end, and what is left empty is shorter than anything that stays behind.
 *
 * <p>Nobody starves: with {@code k} callers the one whose turn it is is served with every batch, so that an utterance with {@code n} older
 * ones of its caller goes with one of the next {@code k * (n + 1)} batches at the latest. An utterance longer than the limit goes alone when its caller
 * has the first turn. Choosing costs a logarithm of what waits for each utterance chosen, however much waits.
 *
 * <p>Not thread-safe.
 */
final class WaitingRoom {
    /** The most utterances of one batch; with 300 s that matters for those below 0.08 s only. */
    static final int MOST_UTTERANCES = 4096;
    /** Callers whose oldest utterance did not fit before no more are asked. */
    private static final int MOST_MISFITS = 16;

    private final TreeMap<Long, WaitingLine> turns = new TreeMap<>();
    /** All but those that go alone. */
    private final TreeMap<Integer, TreeSet<Waiting>> byLength = new TreeMap<>();
    private long firstTurn;
    private long lastTurn;
    private long samples;
    private int size;
    private int pressing;

    void add(Waiting entry) {
        WaitingLine line = entry.line();
        if (line.waiting.isEmpty()) {
            line.turn = ++lastTurn;
            turns.put(line.turn, line);
        }
        insert(entry);
    }

    /** Takes back what was chosen and does not go after all, in its order; it is first in the next choice. */
    void putBack(List<Waiting> entries) {
        for (int i = entries.size() - 1; i >= 0; i--) {
            WaitingLine line = entries.get(i).line();
            turns.remove(line.turn);
            line.turn = --firstTurn;
            turns.put(line.turn, line);
            insert(entries.get(i));
        }
    }

    private void insert(Waiting entry) {
        entry.line().waiting.add(entry);
        if (!entry.alone) {
            byLength.computeIfAbsent(entry.samples(), length -> new TreeSet<>(Comparator.comparingLong(Waiting::sequence))).add(entry);
        }
        samples += entry.samples();
        size++;
        pressing += entry.pressing ? 1 : 0;
    }

    /** Takes one away; says whether it was there. */
    boolean remove(Waiting entry) {
        WaitingLine line = entry.line();
        if (!line.waiting.remove(entry)) {
            return false;
        }
        if (line.waiting.isEmpty()) {
            turns.remove(line.turn);
        }
        TreeSet<Waiting> alike = byLength.get(entry.samples());
        if (alike != null && alike.remove(entry) && alike.isEmpty()) {
            byLength.remove(entry.samples());
        }
        samples -= entry.samples();
        size--;
        pressing -= entry.pressing ? 1 : 0;
        return true;
    }

    /** From now on what a caller has waiting goes without waiting for more. */
    void press(WaitingLine line) {
        for (Waiting entry : line.waiting) {
            pressing += entry.pressing ? 0 : 1;
            entry.pressing = true;
        }
    }

    /**
     * Chooses the next batch and takes it away.
     *
     * @param limit the most samples; only a single utterance may have more
     * @return what was chosen in the order of the choice, which is that in which it should go where not all can; empty when nothing waits
     */
    List<Waiting> choose(long limit) {
        List<Waiting> batch = new ArrayList<>();
        long room = inTurn(batch, limit);
        while (room > 0 && !batch.isEmpty() && batch.size() < MOST_UTTERANCES) {
            Map.Entry<Integer, TreeSet<Waiting>> longest = byLength.floorEntry((int) Math.min(room, Integer.MAX_VALUE));
            if (longest == null) {
                break;
            }
            room -= take(longest.getValue().first(), batch);
        }
        return batch;
    }

    /** The first step; returns the samples that are left. */
    private long inTurn(List<Waiting> batch, long limit) {
        long room = limit;
        long share = turns.size() > 1 ? limit / 2 / turns.size() : 0;
        long end = lastTurn;
        int misfits = 0;
        List<WaitingLine> served = new ArrayList<>();
        for (Map.Entry<Long, WaitingLine> turn = turns.firstEntry(); turn != null && turn.getKey() <= end; turn = turns.higherEntry(turn.getKey())) {
            WaitingLine line = turn.getValue();
            Waiting oldest = line.waiting.first();
            if (batch.isEmpty() && (oldest.alone || oldest.samples() > limit)) {
                take(oldest, batch);
                served.add(line);
                room = 0;
                break;
            }
            if (oldest.alone || oldest.samples() > room) {
                if (++misfits == MOST_MISFITS) {
                    break;
                }
                continue;
            }
            long left = share;
            do {
                long taken = take(line.waiting.first(), batch);
                left -= taken;
                room -= taken;
            } while (!line.waiting.isEmpty() && !line.waiting.first().alone && line.waiting.first().samples() <= Math.min(left, room)
                    && batch.size() < MOST_UTTERANCES);
            served.add(line);
            if (room == 0 || batch.size() == MOST_UTTERANCES) {
                break;
            }
        }
        for (WaitingLine line : served) {
            if (!line.waiting.isEmpty()) {
                turns.remove(line.turn);
                line.turn = ++lastTurn;
                turns.put(line.turn, line);
            }
        }
        return room;
    }

    private long take(Waiting entry, List<Waiting> batch) {
        remove(entry);
        batch.add(entry);
        return entry.samples();
    }

    /** Takes everything away. */
    List<Waiting> clear() {
        List<Waiting> all = new ArrayList<>();
        while (!turns.isEmpty()) {
            take(turns.firstEntry().getValue().waiting.first(), all);
        }
        return all;
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** Samples of all that waits. */
    long samples() {
        return samples;
    }

    /** How many do not wait for a batch to be filled. */
    int pressing() {
        return pressing;
    }
}
