package dev.parasol.bench.micro;

import dev.parasol.bench.Scratch;
import dev.parasol.bench.kernel.Catalogue;
import dev.parasol.bench.kernel.KernelCase;
import dev.parasol.cuda.DeviceSpec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Every kernel of {@link Catalogue} at a small shape: a launch and the wait for it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class KernelBenchmark {
    @Param({"gemm", "attention", "gemm_argmax", "layer_norm", "fsmn", "fsmn_norm", "gemm_f32", "attention_f32", "log_softmax", "position_encode", "unfold", "convert",
            "fbank", "lfr_cmvn", "cif_alpha", "cif_fire", "cif_embed"})
    public String kernel;

    private Scratch scratch;
    private KernelCase.Operands operands;

    /** Makes the operands and loads the kernel. */
    @Setup
    public void open() {
        scratch = new Scratch(DeviceSpec.select(null));
        Catalogue catalogue = new Catalogue();
        operands = catalogue.cases(kernel, catalogue.shapes(kernel, false).get(0), false).get(0).operands().apply(scratch);
        launchAndWait();
    }

    @TearDown
    public void close() {
        scratch.close();
    }

    /** One launch, executed by the software device. */
    @Benchmark
    public void launchAndWait() {
        operands.launch();
        scratch.stream().synchronize();
    }
}
