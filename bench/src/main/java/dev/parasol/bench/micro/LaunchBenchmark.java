package dev.parasol.bench.micro;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.DataType;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.Graph;
import dev.parasol.cuda.GraphExec;
import dev.parasol.kernels.Matrix;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Host time of launches: a small conversion, waited for, since the software device keeps what is not waited for. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LaunchBenchmark {
    private static final int LAUNCHES = 100;

    private Scratch scratch;
    private Matrix from;
    private Matrix to;
    private GraphExec graph;

    /** Captures the launches once. */
    @Setup
    public void open() {
        scratch = new Scratch(DeviceSpec.select(null));
        from = scratch.normal(DataType.F32, 1, 32, 1);
        to = scratch.matrix(DataType.F16, 1, 32);
        hundredLaunches();
        scratch.stream().beginCapture();
        for (int i = 0; i < LAUNCHES; i++) {
            scratch.kernels().convert().launch(scratch.stream(), from, to, 0);
        }
        try (Graph captured = scratch.stream().endCapture()) {
            graph = captured.instantiate();
        }
    }

    @TearDown
    public void close() {
        scratch.stream().synchronize();
        graph.close();
        scratch.close();
    }

    /** A hundred launches, executed by the software device. */
    @Benchmark
    public void hundredLaunches() {
        for (int i = 0; i < LAUNCHES; i++) {
            scratch.kernels().convert().launch(scratch.stream(), from, to, 0);
        }
        scratch.stream().synchronize();
    }

    /** The same as one graph. */
    @Benchmark
    public void graphOfHundred() {
        graph.launch(scratch.stream());
        scratch.stream().synchronize();
    }
}
