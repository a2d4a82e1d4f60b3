package dev.parasol.bench.figures;

import dev.parasol.bench.Child;
import dev.parasol.bench.Main;
import dev.parasol.bench.Report;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The software device's speed at the fp16 matrix product, by shape and number of threads. */
final class GemmFigure implements Figure {
    /** What a plain emulation of the instruction reaches on one core. */
    private static final double LEAST = 2.7;

    @Override
    public void take(Setting setting, Report report) {
        report.section("fp16 GEMM on the software device (m x n x k), GFLOP/s; no GPU figure");
        for (int threads : new int[] {1, 2}) {
            String out = Child.java(Map.of("PARASOL_SOFT_THREADS", Integer.toString(threads)), Main.class.getName(), List.of("gemm-speed", "--device", "soft:0"))
                    .orThrow("gemm-speed").out();
            double best = 0;
            for (String line : out.lines().toList()) {
                String[] fields = line.split(" ");
                double rate = Double.parseDouble(fields[3]);
                best = Math.max(best, rate);
                report.figure("software device, " + threads + " threads, " + String.join(" x ", fields[0], fields[1], fields[2]), text(rate));
            }
            report.row("software device, " + threads + " threads, best", text(best), "more than " + text(LEAST), best > LEAST);
        }
    }

    private static String text(double rate) {
        return String.format(Locale.ROOT, "%.2f GFLOP/s", rate);
    }
}
