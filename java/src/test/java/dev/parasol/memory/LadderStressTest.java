package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads with random demands on a small budget: every request ends, with its answer or, where it cannot fit, without. */
class LadderStressTest {
    private static final long LIMIT = 1000;

    /** What happened to one request. */
    private record Outcome(long bytes, boolean nested, RuntimeException failure) {
    }

    @Property(tries = 25, seed = "11")
    void everyRequestEnds(@ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int threads, @ForAll @IntRange(min = 1, max = 5) int members)
            throws Exception {
        assertAllEnd(mix(seed, threads, members, 20, 0));
    }

    /** Every fourth request asks for more in its middle, holding what it has: the detector's case. */
    @Property(tries = 25, seed = "12")
    void everyRequestEndsWhereThreadsHoldMemoryWhileTheyWait(@ForAll long seed, @ForAll @IntRange(min = 2, max = 8) int threads,
            @ForAll @IntRange(min = 1, max = 5) int members) throws Exception {
        assertAllEnd(mix(seed, threads, members, 20, 4));
    }

    @Tag("soak")
    @Test
    @Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void manyRequestsEnd() throws Exception {
        for (int seed = 0; seed < 200; seed++) {
            assertAllEnd(mix(seed, 8, 4, 500, seed % 2 * 5));
        }
    }

    /** Only what is asked for in the middle of other work may be refused though it would fit. */
    private static void assertAllEnd(List<Outcome> outcomes) {
        for (Outcome outcome : outcomes) {
            if (outcome.bytes() > LIMIT) {
                assertThat(outcome.failure()).isInstanceOf(DeviceMemoryExhausted.class);
            } else if (!outcome.nested()) {
                assertThat(outcome.failure()).as("%d bytes", outcome.bytes()).isNull();
            }
        }
    }

    private static List<Outcome> mix(long seed, int threads, int members, int requests, int nestedEvery) throws Exception {
        Budget budget = Budget.ofBytes(LIMIT);
        List<Demand> demands = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            demands.add(new Demand(budget, "member " + i));
        }
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<List<Outcome>>> futures = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                Random random = new Random(seed * 31 + thread);
                futures.add(pool.submit(() -> requests(demands, random, requests, nestedEvery)));
            }
            List<Outcome> all = new ArrayList<>();
            for (Future<List<Outcome>> future : futures) {
                all.addAll(future.get(60, TimeUnit.SECONDS));
            }
            assertThat(all.stream().filter(outcome -> !outcome.nested())).hasSize(threads * requests);
            assertThat(budget.peak()).isLessThanOrEqualTo(LIMIT);
            assertThat(budget.used()).isEqualTo(demands.stream().mapToLong(Demand::held).sum());
            assertThat(budget.report().waits()).isEmpty();
            if (nestedEvery == 0) {
                assertThat(budget.count(MemoryCounter.REFUSAL)).as("refusals where nobody waits in the middle of work").isZero();
            }
            return all;
        } finally {
            pool.shutdownNow();
        }
    }

    private static List<Outcome> requests(List<Demand> demands, Random random, int requests, int nestedEvery) {
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            int index = random.nextInt(demands.size());
            boolean nests = nestedEvery > 0 && demands.size() > 1 && random.nextInt(nestedEvery) == 0;
            Demand inner = demands.get((index + 1 + random.nextInt(Math.max(1, demands.size() - 1))) % demands.size());
            long bytes = random.nextInt(20) == 0 ? LIMIT + 1 : 1 + random.nextInt((int) LIMIT);
            long more = 1 + random.nextInt((int) LIMIT);
            outcomes.add(new Outcome(bytes, false, demands.get(index).climb(bytes, () -> {
                Thread.yield();
                if (nests) {
                    outcomes.add(new Outcome(more, true, nested(inner, more)));
                }
            })));
        }
        return outcomes;
    }

    /** A member that cannot be waited for, and memory that cannot be, are both answers. */
    private static RuntimeException nested(Demand inner, long bytes) {
        try {
            return inner.climb(bytes, Thread::yield);
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("would wait for ever");
            return e;
        }
    }
}
