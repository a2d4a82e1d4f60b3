package dev.parasol.bench.measure;

import dev.parasol.bench.OpenModel;
import dev.parasol.bench.account.Accounting;
import dev.parasol.bench.result.Entry;
import dev.parasol.bench.result.ResultFile;
import dev.parasol.bench.result.TimeBudget;
import dev.parasol.bench.result.Timing;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.MemoryReport;
import dev.parasol.model.BatchLayout;
import dev.parasol.model.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** Whole passes by the wall clock, from features or waveforms in host memory to token ids in host memory. */
final class ModelMeasure {
    private static final int WARM_UPS = 3;
    private static final String PACKED = "packed, features to ids";
    /** Of loading the large model, which most of its measurements need anyway. */
    private static final double LOAD_SECONDS = 5;

    private final ResultFile results;
    private final TimeBudget budget;
    private final Plan plan;

    ModelMeasure(ResultFile results, TimeBudget budget) {
        this.results = results;
        this.budget = budget;
        this.plan = Plan.of(results.gpu());
    }

    /** Takes all of it in fp16, then the first batch in int8 and with int8 weights. */
    void take(DeviceSpec device, String model) {
        halves(device, model);
        for (Precision precision : List.of(Precision.INT8, Precision.INT8_WEIGHTS)) {
            quantized(device, model, precision);
        }
    }

    private void halves(DeviceSpec device, String model) {
        if (!budget.allows(results.gpu() ? LOAD_SECONDS : 0)) {
            results.add(Entry.of("model", "whole model", model, "").skipped("the time budget was spent"));
            return;
        }
        long start = System.nanoTime();
        try (OpenModel open = new OpenModel(device, model, Precision.FP16)) {
            results.add(Entry.of("model", "loading", model, "").value((System.nanoTime() - start) / 1e9, "s"));
            packed(open, plan.batches().get(0), PACKED);
            latency(open, plan.latencies().get(0));
            waves(open, plan.batches().get(0));
            plan.latencies().stream().skip(1).forEach(seconds -> latency(open, seconds));
            plan.batches().stream().skip(1).forEach(batch -> packed(open, batch, PACKED));
        }
    }

    private void quantized(DeviceSpec device, String model, Precision precision) {
        String name = PACKED + ", " + precision.text();
        Batch batch = plan.batches().get(0);
        if (!budget.allows(results.gpu() ? LOAD_SECONDS : 0)) {
            results.add(Entry.of("throughput", name, "Parasol", batch.name()).skipped("the time budget was spent"));
            return;
        }
        try (OpenModel open = new OpenModel(device, model, precision)) {
            packed(open, batch, name);
        }
    }

    /** One utterance alone. */
    private void latency(OpenModel open, double seconds) {
        Batch batch = Batch.uniform(1, seconds);
        Entry entry = Entry.of("latency", "one utterance, features to ids", "Parasol", batch.name());
        if (skipped(entry)) {
            return;
        }
        List<float[]> features = batch.features(open.model().config().frontend().featureSize());
        results.add(pass(entry, batch, () -> open.model().runFeatures(features, null), open).extra("audio_s", seconds));
    }

    /** Many utterances, packed. */
    private void packed(OpenModel open, Batch batch, String name) {
        Entry entry = Entry.of("throughput", name, "Parasol", batch.name());
        if (skipped(entry)) {
            return;
        }
        List<float[]> features = batch.features(open.model().config().frontend().featureSize());
        long before = open.context().memoryInfo().free();
        results.add(pass(entry, batch, () -> open.model().runFeatures(features, null), open).extra("audio_s", batch.total()));
        if (name.equals(PACKED)) {
            memory(open, batch, Math.max(0, before - open.context().memoryInfo().free()));
        }
    }

    private void waves(OpenModel open, Batch batch) {
        Entry entry = Entry.of("throughput", "packed, waveforms to ids", "Parasol", batch.name());
        if (skipped(entry)) {
            return;
        }
        List<float[]> waves = batch.waves();
        results.add(pass(entry, batch, () -> open.model().run(waves, null), open).extra("audio_s", batch.total()));
    }

    private boolean skipped(Entry entry) {
        if (budget.allows(0)) {
            return false;
        }
        results.add(entry.skipped("the time budget was spent"));
        return true;
    }

    private Entry pass(Entry entry, Batch batch, Supplier<List<int[]>> run, OpenModel open) {
        double[] micros = new double[plan.passes()];
        List<int[]> ids = List.of();
        long launches = 0;
        for (int sample = -WARM_UPS; sample < micros.length; sample++) {
            long before = open.context().launches();
            long start = System.nanoTime();
            ids = run.get();
            double elapsed = (System.nanoTime() - start) / 1e3;
            launches = open.context().launches() - before;
            if (sample >= 0) {
                micros[sample] = elapsed;
            }
        }
        Timing timing = Timing.of(micros);
        int[] tokens = ids.stream().mapToInt(each -> each.length).toArray();
        Accounting accounting = new Accounting(open.model().config(), open.model().vocabulary().size(), batch.frames(), tokens);
        entry.timing(timing).work(accounting.flops(), accounting.idealBytes(), results.ceilings());
        if (results.ceilings() != null) {
            entry.extra("step_floor_us", accounting.stepFloorMicros(results.ceilings()));
        }
        return entry.extra("rtfx", batch.total() / (timing.median() * 1e-6)).extra("tokens_s", Arrays.stream(tokens).sum() / batch.total())
                .extra("launches", launches);
    }

    /** What the device holds, weights apart. */
    private void memory(OpenModel open, Batch batch, long grown) {
        MemoryReport report = open.memory().report();
        long weights = report.regions().stream().filter(region -> region.name().equals("weights")).mapToLong(MemoryReport.RegionUse::mapped).sum();
        long planned = open.model().plan(BatchLayout.ofFeatures(batch.frames()).shape()).peakBytes();
        results.add(Entry.of("memory", "activations and workspace, peak", "Parasol", batch.name()).value(planned, "bytes").extra("weights_bytes", weights)
                .extra("mapped_bytes", report.held() - weights).extra("grown_bytes", grown));
    }
}
