package dev.parasol.bench.kernel;

import dev.parasol.bench.DeviceOption;
import dev.parasol.bench.Scratch;
import dev.parasol.bench.kernel.GemmCases.Epilogue;
import dev.parasol.bench.result.ResultFile;
import dev.parasol.bench.result.TimeBudget;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceUnavailableException;
import dev.parasol.kernels.Gemm;
import dev.parasol.kernels.TileChoice;
import dev.parasol.kernels.TileTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code tune}: measures every tile and depth of its ring at the products of paraformer-large, by numbers of rows, and keeps the
 * quickest in the small table that every later process on this device uses. The bits of no result depend on it.
 */
@Command(name = "tune", description = "Measure the tiles of the fp16 matrix products on this device and keep the quickest in the table that Parasol uses.",
        mixinStandardHelpOptions = true)
public final class TuneCommand implements Callable<Integer> {
    private static final int SAMPLES = 7;
    private static final List<Integer> ROWS = List.of(6144, 192, 16, 64, 384, 768, 1536, 3072, 12_288, 24_576);
    private static final List<Integer> SOFTWARE_ROWS = List.of(16, 64);

    /** A product of the model: columns, depth and what follows it. */
    private record Product(int n, int k, Epilogue epilogue) {}

    private static final List<Product> PRODUCTS = List.of(new Product(1536, 512, Epilogue.BIAS), new Product(2048, 512, Epilogue.RELU), new Product(512, 2048, Epilogue.RESIDUAL),
            new Product(512, 512, Epilogue.RESIDUAL), new Product(1024, 512, Epilogue.BIAS), new Product(512, 512, Epilogue.BIAS), new Product(512, 1536, Epilogue.RESIDUAL),
            new Product(1536, 576, Epilogue.BIAS));
    private static final List<Product> SOFTWARE_PRODUCTS = List.of(new Product(128, 128, Epilogue.BIAS), new Product(128, 128, Epilogue.RESIDUAL));

    @Mixin
    DeviceOption device;

    @Option(names = "--cache", paramLabel = "DIR", description = "Where the table is kept (default: $PARASOL_CACHE, or parasol in the user's cache folder).")
    Path cache;

    @Option(names = "--budget", defaultValue = "120", paramLabel = "SECONDS", description = "When it is spent, the table is written as it is (default: ${DEFAULT-VALUE}).")
    double budgetSeconds;

    @Override
    public Integer call() throws IOException {
        try (Scratch scratch = new Scratch(device.select())) {
            ResultFile results = new ResultFile(scratch.context(), null, System.out);
            TileTable table = TileTable.empty(scratch.context().kernels());
            TimeBudget budget = new TimeBudget(budgetSeconds);
            DeviceTimer timer = new DeviceTimer(scratch, SAMPLES);
            for (int rows : results.gpu() ? ROWS : SOFTWARE_ROWS) {
                for (Product product : results.gpu() ? PRODUCTS : SOFTWARE_PRODUCTS) {
                    if (budget.allows(0)) {
                        tune(scratch, timer, product, rows, table, results);
                    }
                }
            }
            Path folder = cache != null ? cache : TileTable.folder();
            results.line((budget.allows(0) ? "" : "the time budget was spent before all were measured; ") + "written to " + table.write(folder));
            return 0;
        } catch (DeviceUnavailableException e) {
            System.err.println("parasol-bench: " + e.getMessage());
            return 1;
        }
    }

    private static void tune(Scratch scratch, DeviceTimer timer, Product product, int rows, TileTable table, ResultFile results) {
        Gemm gemm = scratch.kernels().gemm();
        DataType output = product.epilogue().output(DataType.F16);
        TileChoice[] forced = new TileChoice[1];
        GemmCases.Launch launch = (s, a, w, bias, residual, relu, c) -> GemmVersions.forced(forced[0]).on(s, a, w, bias, residual, relu, c);
        KernelCase.Operands operands = GemmCases.gemm(Shape.of(rows, product.n(), product.k()), DataType.F16, product.epilogue(), "tuned", (s, w) -> launch).operands().apply(scratch);
        try {
            double own = timer.time(i -> operands.launch(), 1).median();
            TileChoice best = null;
            double least = Double.POSITIVE_INFINITY;
            for (TileChoice choice : gemm.choices(DataType.F16, output)) {
                forced[0] = choice;
                double micros = timer.time(i -> operands.launch(), 1).median();
                if (micros < least) {
                    least = micros;
                    best = choice;
                }
            }
            table.add(gemm.kernelName(DataType.F16, output), product.n(), product.k(), rows, best);
            results.line(String.format(Locale.ROOT, "%-14s %6d x %4d x %4d  %-10s x %d  %10.2f us, by the rule %10.2f us", gemm.kernelName(DataType.F16, output), rows, product.n(),
                    product.k(), best.tile(), best.stages(), least, own));
        } finally {
            scratch.free();
        }
    }
}
