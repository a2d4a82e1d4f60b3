package dev.parasol.bench.check;

import dev.parasol.bench.Child;
import dev.parasol.bench.Main;
import dev.parasol.bench.Numbers;
import dev.parasol.bench.Report;
import dev.parasol.bench.Scratch;
import dev.parasol.bench.TemporaryFolder;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.SafetensorsCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The wrappers of {@code cuda/ptx} on the chosen device against their host twins on the software device. */
final class WrapperCheck implements Check {
    /** Sums of 16 products below 16, which a GPU may add in any order and cut off instead of rounding; fp16 sums would be off by 1e-3. */
    private static final double F16_RELATIVE = 5e-6;
    private static final double F16_LARGEST = 2e-4;
    /** The same for four products in a chain: sums of 64. */
    private static final double WGMMA_RELATIVE = 2e-5;
    private static final double WGMMA_LARGEST = 1e-3;
    private static final long SEEDS = 4;

    @Override
    public void run(CheckSetting setting, Report report) throws IOException {
        report.section("Wrappers in cuda/ptx on " + setting.device() + " against their host twins (random input)");
        try (TemporaryFolder folder = new TemporaryFolder(); Scratch scratch = new Scratch(setting.device())) {
            // The twins of sm_90a's wrappers want a software device of that capability.
            Map<String, String> twin = scratch.context().properties().warpgroupProducts() ? Map.of("PARASOL_SOFT_CAPABILITY", "9.0") : Map.of();
            for (long seed = 0; seed < SEEDS; seed++) {
                Path file = folder.path().resolve("twins-" + seed + ".safetensors");
                Child.java(twin, Main.class.getName(), List.of("wrapper-outputs", "--device", "soft:0", "--seed", Long.toString(seed), "--out", file.toString()))
                        .orThrow("the host twins' process");
                Map<String, int[]> ours = new WrapperProbes(scratch, seed).outputs();
                scratch.free();
                try (Checkpoint twins = SafetensorsCheckpoint.open(file)) {
                    for (Map.Entry<String, int[]> output : ours.entrySet()) {
                        compare(output.getKey() + ", seed " + seed, output.getKey(), HostTensors.longs(twins, output.getKey()), output.getValue(), report);
                    }
                }
            }
        }
    }

    static void compare(String what, String wrapper, long[] twin, int[] ours, Report report) {
        boolean wgmma = wrapper.equals(WrapperProbes.WGMMA);
        if (wgmma || wrapper.equals(WrapperProbes.MMA_F16) || wrapper.equals(WrapperProbes.TILE_F16)) {
            double mostRelative = wgmma ? WGMMA_RELATIVE : F16_RELATIVE;
            double mostLargest = wgmma ? WGMMA_LARGEST : F16_LARGEST;
            float[] expected = new float[twin.length];
            float[] actual = new float[ours.length];
            for (int i = 0; i < ours.length; i++) {
                expected[i] = Float.intBitsToFloat((int) twin[i]);
                actual[i] = Float.intBitsToFloat(ours[i]);
            }
            double relative = Numbers.relativeError(expected, actual);
            double largest = Numbers.largestError(expected, actual);
            report.row(what, Report.scientific(relative) + " relative, " + Report.scientific(largest) + " largest",
                    "at most " + Report.scientific(mostRelative) + ", " + Report.scientific(mostLargest), relative <= mostRelative && largest <= mostLargest);
            return;
        }
        int different = twin.length == ours.length ? 0 : Math.max(twin.length, ours.length);
        for (int i = 0; i < Math.min(twin.length, ours.length); i++) {
            different += (int) twin[i] == ours[i] ? 0 : 1;
        }
        report.row(what, different + " of " + ours.length + " words differ", "none", different == 0);
    }
}
