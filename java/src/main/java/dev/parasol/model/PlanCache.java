package dev.parasol.model;

import dev.parasol.memory.Placement;
import dev.parasol.memory.PlacementSearch;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * The plans of one model in one precision and with one layer mask, by bucket; the ones that were not asked for longest are
 * forgotten. A plan is placed by greedy orders at once. Where these do not reach the lower bound, exact search goes on beside
 * the work, and what it finds takes the plan's place the next time that it is asked for, so never during a batch.
 *
 * <p>Thread-safe; the search has a thread of its own.
 */
final class PlanCache implements AutoCloseable {
    private static final int PLANS_KEPT = 64;
    private static final double SEARCH_SECONDS = 5;

    /** What plans differ in. */
    record Key(BatchShape bucket, boolean logProbs) {}

    /** A plan, and what is being done to better it. */
    private static final class Entry {
        private final AtomicReference<Placement> better = new AtomicReference<>();
        private ForwardPlan plan;
        private Future<?> search;

        Entry(ForwardPlan plan) {
            this.plan = plan;
        }
    }

    private final Function<Key, ForwardPlan> planner;
    private final PlacementSearch search = new PlacementSearch(SEARCH_SECONDS);
    private final Map<Key, Entry> entries = new LinkedHashMap<>(2 * PLANS_KEPT, 0.75f, true);
    private long swaps;

    /** @param planner makes a plan by greedy placement */
    PlanCache(Function<Key, ForwardPlan> planner) {
        this.planner = planner;
    }

    /** The best plan known for a bucket. Until the next call for it the same object. */
    synchronized ForwardPlan get(Key key) {
        Entry entry = entries.get(key);
        if (entry == null) {
            return add(key);
        }
        Placement better = entry.better.getAndSet(null);
        if (better != null) {
            PlanSwap.commit(entry.plan, better);
            entry.plan = entry.plan.placed(better);
            swaps++;
        }
        return entry.plan;
    }

    private ForwardPlan add(Key key) {
        Entry entry = new Entry(planner.apply(key));
        entries.put(key, entry);
        if (entries.size() > PLANS_KEPT) {
            Map.Entry<Key, Entry> eldest = entries.entrySet().iterator().next();
            entries.remove(eldest.getKey());
            cancel(eldest.getValue());
        }
        if (!entry.plan.placement().optimal()) {
            entry.search = search.submit(entry.plan.lifetimes(), entry.plan.placement(), entry.better::set);
        }
        return entry.plan;
    }

    /** Forgets all plans and gives up the searches for better ones. */
    synchronized void clear() {
        entries.values().forEach(PlanCache::cancel);
        entries.clear();
    }

    private static void cancel(Entry entry) {
        if (entry.search != null) {
            entry.search.cancel(true);
        }
    }

    /** Plans that are kept. */
    synchronized int size() {
        return entries.size();
    }

    /** How many plans were replaced by better ones so far. */
    synchronized long swaps() {
        return swaps;
    }

    /** Searches that are running or waiting. */
    int searches() {
        return search.pending();
    }

    /** Ends the searching thread. */
    @Override
    public void close() {
        clear();
        search.close();
    }
}
