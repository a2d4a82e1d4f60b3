package dev.parasol.bench.check;

import dev.parasol.bench.OpenModel;
import dev.parasol.bench.Report;
import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.VirtualMemory;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryCounter;
import dev.parasol.memory.Region;
import dev.parasol.model.Precision;
import java.util.Arrays;
import java.util.List;

/** Whether regions are virtual memory in truth: the device's free memory follows them, addresses stay, contents stay. */
final class VirtualMemoryCheck implements Check {
    private static final int WORDS = 1 << 16;

    @Override
    public void run(CheckSetting setting, Report report) {
        report.section("Virtual memory on " + setting.device());
        long large = (setting.device().kind() == DeviceSpec.Kind.CUDA ? 1024L : 128L) << 20;
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Scratch scratch = new Scratch(setting.device()); Region region = Region.open(scratch.context(), budget, "check", 8 * large)) {
            report.row("the driver offers it", "granularity " + VirtualMemory.granularity(scratch.context()) / 1024 + " KiB", "", VirtualMemory.supported(scratch.context()));
            report.row("a region is virtual", Boolean.toString(region.virtual()), "true", region.virtual());
            long before = free(scratch);
            region.ensure(large / 4);
            long address = region.address();
            int[] pattern = new int[WORDS];
            Arrays.setAll(pattern, i -> i * 0x9e3779b9);
            long copy = scratch.upload(pattern);
            scratch.stream().copyOnDevice(address, copy, 4L * WORDS);
            scratch.stream().synchronize();
            region.ensure(large);
            report.row("its address stays as it grows", region.address() == address ? "same" : "moved", "same", region.address() == address);
            report.row("its content stays", "", "", Arrays.equals(pattern, scratch.download(address, WORDS)));
            scratch.stream().fill(address, (byte) 1, large);
            scratch.stream().synchronize();
            long taken = before - free(scratch);
            report.row("free memory falls by what is mapped", mib(taken), "about " + mib(large), taken >= large * 9 / 10 && taken <= large + (64L << 20));
            region.trim(0);
            long left = before - free(scratch);
            report.row("and rises when it is trimmed", mib(left) + " still held", "at most 64 MiB", left <= 64L << 20);
            counts(budget, report, "region");
        }
        try (OpenModel open = new OpenModel(setting.device(), setting.samples().resolve("digits-tiny").toString(), Precision.FP16)) {
            open.model().run(List.of(new float[16_000]), null);
            report.row("a model's weights and slab are virtual", "", "", open.memory().weights().virtual() && open.memory().slab(0).virtual());
            counts(open.memory().budget(), report, "model");
        }
    }

    private static void counts(Budget budget, Report report, String what) {
        long created = budget.count(MemoryCounter.CREATE);
        long mapped = budget.count(MemoryCounter.MAP);
        long plain = budget.count(MemoryCounter.ALLOCATE);
        report.row(what + ": chunks created, mapped; plain allocations", created + ", " + mapped + "; " + plain, "some, some; none", created > 0 && mapped > 0 && plain == 0);
    }

    private static long free(Scratch scratch) {
        return scratch.context().memoryInfo().free();
    }

    private static String mib(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
