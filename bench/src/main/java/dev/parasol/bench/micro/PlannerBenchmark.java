package dev.parasol.bench.micro;

import dev.parasol.model.BatchLayout;
import dev.parasol.model.ForwardPlan;
import dev.parasol.model.Precision;
import dev.parasol.weights.ModelFolder;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The plan of a forward pass of paraformer-large's shape: lifetimes, placement and peak. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class PlannerBenchmark {
    private static final int VOCABULARY = 8404;
    private static final int FRAMES = 167;

    @Param({"1", "30"})
    public int utterances;

    private ModelFolder folder;
    private BatchLayout layout;

    @Setup
    public void open() {
        folder = ModelFolder.open("synth:paraformer-large");
        int[] frames = new int[utterances];
        Arrays.fill(frames, FRAMES);
        layout = BatchLayout.ofFeatures(frames);
    }

    /** A plan that was not made before. */
    @Benchmark
    public ForwardPlan plan() {
        return ForwardPlan.of(folder.config(), VOCABULARY, Precision.FP16, layout.shape(), false);
    }
}
