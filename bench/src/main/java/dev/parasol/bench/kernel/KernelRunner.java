package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.bench.result.Ceilings;
import dev.parasol.bench.result.Entry;
import dev.parasol.bench.result.ResultFile;
import dev.parasol.bench.result.Timing;
import dev.parasol.cuda.Cublas;
import dev.parasol.cuda.DataType;
import dev.parasol.kernels.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks and times kernels, and measures the ceilings that they are compared with. Not thread-safe. */
public final class KernelRunner implements AutoCloseable {
    private static final long COPY_BYTES = 1L << 30;
    private static final long SOFTWARE_COPY_BYTES = 1L << 20;
    private static final Shape LARGE = Shape.of(8192, 8192, 8192);
    private static final Shape SOFTWARE_LARGE = Shape.of(128, 128, 128);

    private final Scratch scratch;
    private final ResultFile results;
    private final DeviceTimer timer;
    private final Optional<Cublas> cublas;
    private final String noCublas;

    /** A runner on the scratch's device. */
    public KernelRunner(Scratch scratch, ResultFile results) {
        this.scratch = scratch;
        this.results = results;
        this.timer = new DeviceTimer(scratch);
        Cublas.Found found = Cublas.find(scratch.context(), scratch.stream());
        this.cublas = found.library();
        this.noCublas = found.reason();
    }

    /** Measures copy bandwidth and a large product, by cuBLAS where it is there and by this library in any case. */
    public void ceilings() {
        long bytes = results.gpu() ? COPY_BYTES : SOFTWARE_COPY_BYTES;
        long from = scratch.normal(bytes / Float.BYTES, 1);
        long to = scratch.allocate(bytes);
        Timing copy = timer.time(i -> scratch.stream().copyOnDevice(to, from, bytes), 1);
        results.add(Entry.of("ceiling", "copy", "driver", (bytes >> 20) + " MiB").timing(copy).work(0, 2.0 * bytes, null));
        scratch.free();
        Shape shape = results.gpu() ? LARGE : SOFTWARE_LARGE;
        double flops = 2.0 * shape.get(0) * shape.get(1) * shape.get(2);
        KernelCase own = GemmCases.gemm(shape, DataType.F16, GemmCases.Epilogue.NONE, "library", GemmVersions.LIBRARY);
        double best = large(own, "library", flops);
        String by = "Parasol";
        if (cublas.isPresent()) {
            double peer = large(cublas(shape, DataType.F16, false), "cuBLAS", flops);
            by = peer > best ? "cuBLAS" : by;
            best = Math.max(best, peer);
        } else {
            results.add(Entry.of("ceiling", "product", "cuBLAS", shape.toString()).skipped(noCublas));
        }
        results.ceilings(new Ceilings(copy.rate(2.0 * bytes), best, by));
    }

    private double large(KernelCase product, String variant, double flops) {
        KernelCase.Operands operands = product.operands().apply(scratch);
        Timing timing = timer.time(i -> operands.launch(), 1);
        scratch.free();
        results.add(Entry.of("ceiling", "product", variant, product.shape()).timing(timing).work(flops, product.bytes(), null));
        return timing.rate(flops);
    }

    /**
     * Times a kernel's versions at a shape, and cuBLAS at the same product.
     *
     * @param all for products: every version beside the library's choice
     * @param check whether outputs are compared with a reference in double precision
     */
    public void run(List<KernelCase> cases, boolean all, boolean check) {
        for (KernelCase kernel : cases) {
            results.add(measure(kernel, check));
        }
        KernelCase first = cases.get(0);
        if (first.name().equals("gemm")) {
            Shape shape = Shape.parse(first.shape().replace('x', ','));
            peers(shape, check);
            if (all) {
                versions(shape, check);
            }
        }
    }

    private void versions(Shape shape, boolean check) {
        for (GemmVersions.Named version : GemmVersions.of(scratch)) {
            results.add(measure(GemmCases.gemm(shape, DataType.F16, GemmCases.Epilogue.NONE, version.name(), version.version()), check));
        }
    }

    private void peers(Shape shape, boolean check) {
        for (boolean residual : new boolean[] {false, true}) {
            if (cublas.isPresent()) {
                results.add(measure(cublas(shape, residual ? DataType.F32 : DataType.F16, residual), check));
            } else {
                results.add(Entry.of("kernel", "gemm", "cuBLAS" + (residual ? " residual" : ""), shape.toString()).skipped(noCublas));
            }
        }
    }

    private Entry measure(KernelCase kernel, boolean check) {
        Entry entry = Entry.of("kernel", kernel.name(), kernel.variant(), kernel.shape());
        try {
            int sets = timer.sets((long) kernel.bytes());
            List<KernelCase.Operands> operands = new ArrayList<>();
            for (int i = 0; i < sets; i++) {
                operands.add(kernel.operands().apply(scratch));
            }
            long flush = scratch.allocate(timer.flushBytes());
            operands.get(0).launch();
            scratch.stream().synchronize();
            double error = check ? operands.get(0).error() : 0;
            Timing timing = timer.time(i -> operands.get(i % sets).launch(), sets);
            entry.timing(timing).flushed(timer.timeFlushed(i -> operands.get(0).launch(), flush)).work(kernel.flops(), kernel.bytes(), results.ceilings());
            return check ? entry.check(error, kernel.limit()) : entry;
        } finally {
            scratch.free();
        }
    }

    private KernelCase cublas(Shape shape, DataType type, boolean residual) {
        int m = shape.get(0);
        int n = shape.get(1);
        int k = shape.get(2);
        GemmCases.Launch launch = (on, a, w, bias, added, relu, c) -> cublas.orElseThrow().product(a.address(), w.address(), c.address(), type, m, n, k, 0);
        if (!residual) {
            return GemmCases.gemm(shape, type, GemmCases.Epilogue.NONE, "cuBLAS", (s, w) -> launch);
        }
        // beta = 1 adds into the output itself, again at every launch: only its speed is of interest, so it is not checked.
        double bytes = 2.0 * (m * (double) k + n * (double) k) + 8.0 * m * n;
        return new KernelCase("gemm", "cuBLAS residual", shape.toString(), 2.0 * m * n * k, bytes, Double.POSITIVE_INFINITY, s -> {
            Matrix a = s.normal(DataType.F16, m, k, 1);
            Matrix w = s.normal(DataType.F16, n, k, (float) (1 / Math.sqrt(k)));
            Matrix c = s.normal(DataType.F32, m, n, 1);
            return new KernelCase.Operands() {
                @Override
                public void launch() {
                    cublas.orElseThrow().product(a.address(), w.address(), c.address(), DataType.F32, m, n, k, 1);
                }

                @Override
                public double error() {
                    return 0;
                }
            };
        });
    }

    @Override
    public void close() {
        cublas.ifPresent(Cublas::close);
    }
}
