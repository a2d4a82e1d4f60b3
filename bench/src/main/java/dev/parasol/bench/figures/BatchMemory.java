package dev.parasol.bench.figures;

import dev.parasol.bench.OpenModel;
import dev.parasol.bench.Report;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.VirtualMemory;
import dev.parasol.memory.Budget;
import dev.parasol.memory.Region;
import dev.parasol.model.BatchLayout;
import dev.parasol.model.BatchShape;
import dev.parasol.model.ForwardPlan;
import dev.parasol.model.MemoryForecast;
import dev.parasol.model.Precision;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.LongStream;

/** Random ragged batches: what they take beside what was planned, and what one arena reserves for many of them. */
final class BatchMemory {
    private static final long SEED = 20240607;
    private static final int RATE = 16_000;
    private static final int RUN = 20;
    private static final int BATCHES = 300;
    private static final int FURTHER = 10_000;
    private static final int MOST_SECONDS = 300;
    private static final int DRAWS = 10;

    private final Setting setting;
    private final Random random = new Random(SEED);

    BatchMemory(Setting setting) {
        this.setting = setting;
    }

    void take(Report report) {
        measured(report);
        arenas(report);
    }

    /** Batches that really run, alone and two in flight. */
    private void measured(Report report) {
        report.section("Memory: " + RUN + " random ragged batches of digits-tiny, fp16, on " + setting.device() + ": measured beside forecast");
        ModelFolder folder = ModelFolder.open(setting.shared().resolve("models/digits-tiny").toString());
        int same = 0;
        int sameInFlight = 0;
        try (OpenModel open = new OpenModel(setting.device(), folder.name(), Precision.FP16)) {
            for (int i = 0; i < RUN; i++) {
                List<float[]> batch = noise(1 + random.nextInt(4));
                BatchShape shape = open.model().layout(batch).shape();
                MemoryForecast forecast = MemoryForecast.of(folder, LayerMask.ALL, Precision.FP16, shape);
                open.model().trim();
                open.model().run(batch, null);
                same += open.memory().report().used() == forecast.totalBytes() ? 1 : 0;
                open.model().runAll(List.of(batch, batch).iterator(), ids -> { });
                sameInFlight += open.memory().report().used() == forecast.totalBytes() + forecast.slabBytes() ? 1 : 0;
            }
        }
        report.row("to the byte as forecast, one in flight", same + " of " + RUN, "all", same == RUN);
        report.row("to the byte as forecast, two in flight", sameInFlight + " of " + RUN, "all", sameInFlight == RUN);
    }

    private List<float[]> noise(int utterances) {
        List<float[]> batch = new ArrayList<>();
        for (int i = 0; i < utterances; i++) {
            float[] samples = new float[1 + random.nextInt(RATE)];
            for (int s = 0; s < samples.length; s++) {
                samples[s] = (float) (0.1 * random.nextGaussian());
            }
            batch.add(samples);
        }
        return batch;
    }

    /** Several draws, for one says little: memory comes in chunks, and where the largest batch ends within its last one is chance. */
    private void arenas(Report report) {
        report.section("Memory: " + BATCHES + " random ragged batches of paraformer-large, 1 to " + MOST_SECONDS + " s, through one arena, "
                + DRAWS + " draws");
        List<Double> ratios = new ArrayList<>();
        int chunkOver = 0;
        for (int i = 0; i < DRAWS; i++) {
            Arena arena = arena(SEED + i);
            String draw = "draw " + (i + 1) + ": ";
            ratios.add(arena.ratio());
            chunkOver += arena.ratio() <= 1.03 || arena.reserved() <= MemoryForecast.mapped(arena.live(), arena.chunk()) + arena.chunk() ? 1 : 0;
            report.figure(draw + "reserved; planned for buckets; live in the batches", String.format(Locale.ROOT, "%d; %d, ratio %.6f; %d, ratio %.6f",
                    arena.reserved(), arena.planned(), arena.reserved() / (double) arena.planned(), arena.live(), arena.ratio()));
            report.row(draw + "driver calls after the largest batch, and in " + FURTHER + " more", Long.toString(arena.calls()), "0", arena.calls() == 0);
        }
        ratios.sort(null);
        report.figure("reserved over live, least, median, most", String.format(Locale.ROOT, "%.6f, %.6f, %.6f",
                ratios.get(0), ratios.get(DRAWS / 2), ratios.get(DRAWS - 1)));
        report.figure("draws with at most 1.03", ratios.stream().filter(ratio -> ratio <= 1.03).count() + " of " + DRAWS);
        report.row("draws with at most 1.03, or one chunk over what chunks allow", chunkOver + " of " + DRAWS, "all", chunkOver == DRAWS);
    }

    /**
     * @param planned the peak of the largest bucket, which is what the arena is asked for
     * @param live the least that the largest batch itself can do with
     * @param calls of the driver, after the largest batch
     */
    private record Arena(long reserved, long planned, long live, long chunk, long calls) {
        double ratio() {
            return reserved / (double) live;
        }
    }

    /** Memory calls alone, no kernels. What is live is counted for each batch itself, memory is taken for its bucket. */
    private Arena arena(long seed) {
        Random draw = new Random(seed);
        ModelFolder folder = ModelFolder.open("synth:paraformer-large");
        List<ForwardPlan> plans = new ArrayList<>();
        long live = 0;
        for (int i = 0; i < BATCHES; i++) {
            BatchShape shape = BatchLayout.ofWaveforms(folder.config().frontend(), samples(draw)).shape();
            live = Math.max(live, plan(folder, shape).lowerBound());
            plans.add(plan(folder, ForwardPlan.bucket(folder.config(), shape)));
        }
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (CudaContext context = CudaContext.open(setting.device()); Region slab = Region.open(context, budget, "slab", context.memoryInfo().total())) {
            long planned = plans.stream().mapToLong(ForwardPlan::peakBytes).max().orElseThrow();
            slab.ensure(planned);
            long calls = budget.driverCalls();
            plans.forEach(plan -> slab.ensure(plan.peakBytes()));
            for (int i = 0; i < FURTHER; i++) {
                slab.ensure(plans.get(draw.nextInt(BATCHES)).peakBytes());
            }
            long chunk = VirtualMemory.supported(context) ? VirtualMemory.granularity(context) : 1;
            return new Arena(budget.used(), planned, live, chunk, budget.driverCalls() - calls);
        }
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
}
