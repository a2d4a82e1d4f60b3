package dev.parasol.bench.kernel;

import dev.parasol.bench.DeviceOption;
import dev.parasol.bench.Scratch;
import dev.parasol.bench.kernel.GemmCases.Epilogue;
import dev.parasol.bench.result.ResultFile;
import dev.parasol.bench.result.TimeBudget;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceUnavailableException;
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
@Command(name = "tune", description = "Measure the tiles of the matrix products on this device and keep the quickest in the table that Parasol uses.",
        mixinStandardHelpOptions = true)
public final class TuneCommand implements Callable<Integer> {
    private static final int SAMPLES = 7;
    private static final List<Integer> ROWS = List.of(6144, 192, 16, 64, 384, 768, 1536, 3072, 12_288, 24_576);
    private static final List<Integer> SOFTWARE_ROWS = List.of(16, 64);

    /** What the factors of a model's linear layers are. */
    private enum Kind {
        FP16, INT8, INT8_WEIGHTS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The products of a layer for so many rows. */
    private static List<TunedProduct> products(Scratch scratch, Kind kind, int rows, boolean gpu) {
        if (!gpu) {
            Shape small = Shape.of(rows, 128, 128);
            return switch (kind) {
                case FP16 -> List.of(TunedProduct.f16(scratch, small, Epilogue.BIAS), TunedProduct.f16(scratch, small, Epilogue.RESIDUAL));
                case INT8 -> List.of(TunedProduct.s8(scratch, small, DataType.I8), TunedProduct.s8Blocks(scratch, small));
                case INT8_WEIGHTS -> List.of(TunedProduct.w8(scratch, small, true));
            };
        }
        Shape qkv = Shape.of(rows, 1536, 512);
        Shape first = Shape.of(rows, 1536, 576);
        Shape inner = Shape.of(rows, 2048, 512);
        Shape outer = Shape.of(rows, 512, 2048);
        Shape square = Shape.of(rows, 512, 512);
        Shape kv = Shape.of(rows, 1024, 512);
        return switch (kind) {
            case FP16 -> List.of(TunedProduct.f16(scratch, qkv, Epilogue.BIAS), TunedProduct.f16(scratch, inner, Epilogue.RELU),
                    TunedProduct.f16(scratch, outer, Epilogue.RESIDUAL), TunedProduct.f16(scratch, square, Epilogue.RESIDUAL), TunedProduct.f16(scratch, kv, Epilogue.BIAS),
                    TunedProduct.f16(scratch, square, Epilogue.BIAS), TunedProduct.f16(scratch, Shape.of(rows, 512, 1536), Epilogue.RESIDUAL),
                    TunedProduct.f16(scratch, first, Epilogue.BIAS));
            case INT8 -> List.of(TunedProduct.s8(scratch, qkv, DataType.F16), TunedProduct.s8(scratch, inner, DataType.I8), TunedProduct.s8Blocks(scratch, outer),
                    TunedProduct.s8Blocks(scratch, square), TunedProduct.s8(scratch, kv, DataType.F16), TunedProduct.s8(scratch, square, DataType.F16),
                    TunedProduct.s8(scratch, inner, DataType.F16), TunedProduct.s8(scratch, outer, DataType.F32), TunedProduct.s8(scratch, first, DataType.F16));
            case INT8_WEIGHTS -> List.of(TunedProduct.w8(scratch, qkv, false), TunedProduct.w8(scratch, inner, false), TunedProduct.w8(scratch, outer, true),
                    TunedProduct.w8(scratch, square, true), TunedProduct.w8(scratch, kv, false), TunedProduct.w8(scratch, square, false), TunedProduct.w8(scratch, first, false));
        };
    }

    @Mixin
    DeviceOption device;

    @Option(names = "--cache", paramLabel = "DIR", description = "Where the table is kept (default: $PARASOL_CACHE, or parasol in the user's cache folder).")
    Path cache;

    @Option(names = "--kinds", defaultValue = "fp16,int8,int8-weights", split = ",", paramLabel = "KIND",
            description = "Whose products: fp16, int8, int8-weights, separated by commas (default: ${DEFAULT-VALUE}).")
    List<Kind> kinds;

    @Option(names = "--budget", defaultValue = "300", paramLabel = "SECONDS", description = "When it is spent, the table is written as it is (default: ${DEFAULT-VALUE}).")
    double budgetSeconds;

    @Override
    public Integer call() throws IOException {
        try (Scratch scratch = new Scratch(device.select())) {
            ResultFile results = new ResultFile(scratch.context(), null, System.out);
            TileTable table = TileTable.empty(scratch.context().kernels());
            TimeBudget budget = new TimeBudget(budgetSeconds);
            DeviceTimer timer = new DeviceTimer(scratch, SAMPLES);
            for (int rows : results.gpu() ? ROWS : SOFTWARE_ROWS) {
                for (Kind kind : kinds) {
                    for (TunedProduct product : products(scratch, kind, rows, results.gpu())) {
                        if (budget.allows(0)) {
                            tune(scratch, timer, product, rows, table, results);
                        }
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

    private static void tune(Scratch scratch, DeviceTimer timer, TunedProduct product, int rows, TileTable table, ResultFile results) {
        KernelCase.Operands operands = product.product().operands().apply(scratch);
        try {
            double own = timer.time(i -> operands.launch(), 1).median();
            TileChoice best = null;
            double least = Double.POSITIVE_INFINITY;
            for (TileChoice choice : product.choices()) {
                product.force().accept(choice);
                double micros = timer.time(i -> operands.launch(), 1).median();
                if (micros < least) {
                    least = micros;
                    best = choice;
                }
            }
            table.add(product.kernel(), product.n(), product.depth(), rows, best);
            results.line(String.format(Locale.ROOT, "%-23s %6d x %4d x %4d  %-10s x %d  %10.2f us, by the rule %10.2f us", product.kernel(), rows, product.n(),
                    product.depth(), best.tile(), best.stages(), least, own));
        } finally {
            product.force().accept(null);
            scratch.free();
        }
    }
}
