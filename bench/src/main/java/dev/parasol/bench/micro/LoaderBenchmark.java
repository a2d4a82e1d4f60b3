package dev.parasol.bench.micro;

import dev.parasol.bench.OpenModel;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.model.Precision;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.ModelFolder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The sample model (2 million weights in half precision) from its folder to the device. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class LoaderBenchmark {
    private static final String FOLDER = "java/samples/digits-tiny";

    private CudaContext context;

    /** Holds the device open, so that its opening is not part of a load. */
    @Setup
    public void open() {
        context = CudaContext.open(DeviceSpec.select(null));
    }

    @TearDown
    public void close() {
        context.close();
    }

    /** Finding the tensors. */
    @Benchmark
    public int openCheckpoint() {
        try (Checkpoint checkpoint = ModelFolder.open(FOLDER).openCheckpoint()) {
            return checkpoint.names().size();
        }
    }

    /** Reading, checking, copying and packing all of them, and giving everything back. */
    @Benchmark
    public void loadAndClose() {
        new OpenModel(DeviceSpec.select(null), FOLDER, Precision.FP16).close();
    }
}
