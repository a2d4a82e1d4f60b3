package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.cuda.VirtualMemory;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryCounter;
import dev.parasol.memory.Region;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the slab asks of the driver over random ragged batches of paraformer-large, from one short utterance to 300 s in
 * many: what a batch makes room for, without weights and kernels. What is live is counted for the batch itself, and memory is
 * taken for its bucket. A plan costs far more than the room for it, so the
 * long run draws from the same 300 batches.
 */
class SlabReuseTest {
    private static final int BATCHES = 300;
    private static final int FURTHER = 10_000;
    private static final int RATE = 16_000;
    private static final int MOST_SECONDS = 300;
    private static List<ForwardPlan> plans;
    private static long peakLive;

    private CudaContext context;
    private Budget budget;
    private Region slab;

    @BeforeAll
    static void plan() {
        ModelFolder folder = ModelFolder.open("synth:paraformer-large");
        Random random = new Random(20240607);
        plans = new ArrayList<>();
        for (int i = 0; i < BATCHES; i++) {
            BatchShape shape = BatchLayout.ofWaveforms(folder.config().frontend(), samples(random)).shape();
            peakLive = Math.max(peakLive, plan(folder, shape).lowerBound());
            plans.add(plan(folder, ForwardPlan.bucket(folder.config(), shape)));
        }
        Set<BatchShape> buckets = plans.stream().map(ForwardPlan::shape).collect(Collectors.toSet());
        System.out.println(BATCHES + " ragged batches of 1 to " + MOST_SECONDS + " s in " + buckets.size() + " buckets");
    }

    private static ForwardPlan plan(ModelFolder folder, BatchShape shape) {
        return ForwardPlan.of(folder.config(), folder.vocabulary().size(), Precision.FP16, shape, false);
    }

    /** Utterances of 0.1 to 30 s, as many as a random length of all together allows. */
    private static long[] samples(Random random) {
        long left = RATE * (1L + random.nextInt(MOST_SECONDS));
        LongStream.Builder samples = LongStream.builder();
        while (left > 0) {
            long next = Math.min(left, RATE / 10 + random.nextInt(30 * RATE));
            samples.add(next);
            left -= next;
        }
        return samples.build().toArray();
    }

    @BeforeEach
    void open() {
        assumeTrue(DeviceSpec.select(null).kind() == DeviceSpec.Kind.SOFT, "calls are counted by the software device only");
        context = CudaContext.open(DeviceSpec.select(null));
        budget = Budget.ofBytes(Long.MAX_VALUE);
        slab = Region.open(context, budget, "slab 0", context.memoryInfo().total());
    }

    @AfterEach
    void close() {
        if (context != null) {
            slab.close();
            assertThat(budget.used()).isZero();
            assertThat(SoftDevice.live("bytes")).isZero();
            context.close();
        }
    }

    /** Makes room as a forward pass does. */
    private void pass(ForwardPlan plan) {
        slab.ensure(plan.peakBytes());
        slab.describe(plan.holders());
        assertThat(slab.used()).isEqualTo(plan.peakBytes());
    }

    /** The largest batch is the warm-up. A chunk that is not full is all that may be reserved beyond the peak. */
    @Test
    void afterTheLargestBatchTheDriverIsAskedNothing() {
        pass(plans.stream().max(Comparator.comparingLong(ForwardPlan::peakBytes)).orElseThrow());
        long calls = SoftDevice.calls(null);
        long counted = budget.driverCalls();
        plans.forEach(this::pass);
        assertThat(SoftDevice.calls(null)).isEqualTo(calls);
        assertThat(budget.driverCalls()).isEqualTo(counted);

        double ratio = (double) budget.peak() / peakLive;
        System.out.printf(Locale.ROOT, "%d ragged batches: %d bytes reserved, %d live at the peak, ratio %.6f, chunks of %d%n", BATCHES, budget.peak(),
                peakLive, ratio, VirtualMemory.granularity(context));
        assertThat(ratio).isLessThanOrEqualTo(1.03);
        assertThat(budget.peak() - slab.peak()).isBetween(0L, VirtualMemory.granularity(context) - 1);
    }

    /** In the order of their drawing: only a batch that is larger than all before it asks for memory, and none gives any back. */
    @Test
    void growthFollowsTheLargestBatchAndThereIsNoneInTenThousandMore() {
        long granularity = VirtualMemory.granularity(context);
        long largest = 0;
        int growths = 0;
        for (ForwardPlan plan : plans) {
            long calls = SoftDevice.calls(null);
            pass(plan);
            largest = Math.max(largest, plan.peakBytes());
            assertThat(slab.mapped()).isEqualTo(MemoryForecast.mapped(largest, granularity));
            growths += SoftDevice.calls(null) > calls ? 1 : 0;
        }
        assertThat(budget.count(MemoryCounter.CREATE)).isEqualTo(slab.mapped() / granularity);
        assertThat(budget.count(MemoryCounter.MAP)).isEqualTo(slab.mapped() / granularity);
        assertThat(budget.count(MemoryCounter.ACCESS)).isEqualTo(growths);

        long mapped = slab.mapped();
        long calls = SoftDevice.calls(null);
        Random random = new Random(1);
        for (int i = 0; i < FURTHER; i++) {
            pass(plans.get(random.nextInt(BATCHES)));
        }
        assertThat(SoftDevice.calls(null)).isEqualTo(calls);
        assertThat(slab.mapped()).isEqualTo(mapped).isEqualTo(budget.peak()).isEqualTo(SoftDevice.live("bytes"));
        assertThat(slab.generation()).isZero();
        System.out.println(BATCHES + " batches grew the slab " + growths + " times to " + mapped + " bytes, " + FURTHER + " more not once");
    }
}
