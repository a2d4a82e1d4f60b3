package dev.parasol.bench.kernel;

import dev.parasol.bench.Scratch;
import dev.parasol.bench.result.Timing;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.Event;
import dev.parasol.cuda.Graph;
import dev.parasol.cuda.GraphExec;
import java.util.function.IntConsumer;

/**
 * Times launches on the device, in two ways. Many captured as one graph between two events, their operands rotating over more
 * memory than the cache holds, so that neither gaps between launches nor a warm cache are in the number; and one launch at a time
 * between two events with the cache overwritten before it, which has the events' own cost in it.
 */
public final class DeviceTimer {
    private static final int WARM_UPS = 3;
    /** Of one sample on a GPU, so that the events' resolution of half a microsecond is nothing. */
    private static final double SAMPLE_MICROS = 2000;
    private static final int MOST_LAUNCHES = 200;
    private static final int SOFTWARE_LAUNCHES = 2;
    private static final int SOFTWARE_SAMPLES = 3;
    private static final int GPU_SAMPLES = 30;
    private static final long FLUSH_BYTES = 256L << 20;

    private final Scratch scratch;
    private final boolean gpu;
    private final int samples;

    /** A timer for launches on the scratch's stream. */
    public DeviceTimer(Scratch scratch) {
        this(scratch, GPU_SAMPLES);
    }

    /** @param gpuSamples samples on a GPU, of which the median is taken */
    DeviceTimer(Scratch scratch, int gpuSamples) {
        this.scratch = scratch;
        this.gpu = scratch.context().spec().kind() == DeviceSpec.Kind.CUDA;
        this.samples = gpu ? gpuSamples : SOFTWARE_SAMPLES;
    }

    /**
     * The time of one of many launches.
     *
     * @param launch enqueues launch i; rotates its operands by i
     * @param sets how many different operands it rotates: each sample runs over all of them
     */
    public Timing time(IntConsumer launch, int sets) {
        launch.accept(0);
        scratch.stream().synchronize();
        int launches = gpu ? launches(launch, sets) : SOFTWARE_LAUNCHES;
        double[] micros = new double[samples];
        try (GraphExec graph = capture(launch, launches); Event start = scratch.context().newEvent(true); Event end = scratch.context().newEvent(true)) {
            for (int sample = -WARM_UPS; sample < samples; sample++) {
                scratch.stream().record(start);
                graph.launch(scratch.stream());
                scratch.stream().record(end);
                end.synchronize();
                if (sample >= 0) {
                    micros[sample] = 1e3 * end.millisecondsSince(start) / launches;
                }
            }
        }
        return Timing.of(micros);
    }

    /** The time of one launch alone, with the cache overwritten before each. */
    public Timing timeFlushed(IntConsumer launch, long flushAddress) {
        double[] micros = new double[samples];
        try (Event start = scratch.context().newEvent(true); Event end = scratch.context().newEvent(true)) {
            for (int sample = -WARM_UPS; sample < samples; sample++) {
                scratch.stream().fill32(flushAddress, sample, flushBytes() / Integer.BYTES);
                scratch.stream().record(start);
                launch.accept(0);
                scratch.stream().record(end);
                end.synchronize();
                if (sample >= 0) {
                    micros[sample] = 1e3 * end.millisecondsSince(start);
                }
            }
        }
        return Timing.of(micros);
    }

    /** The size of what {@link #timeFlushed} overwrites: more than any cache on a GPU. */
    public long flushBytes() {
        return gpu ? FLUSH_BYTES : 1 << 20;
    }

    /** How many sets of operands of {@code bytes} each must be rotated so that none is found in the cache. */
    public int sets(long bytes) {
        long most = gpu ? MOST_LAUNCHES : 1;
        return (int) Math.max(1, Math.min(most, (FLUSH_BYTES + bytes - 1) / Math.max(1, bytes)));
    }

    /** Enough for a sample, and a whole number of turns through the operands. */
    private int launches(IntConsumer launch, int sets) {
        try (Event start = scratch.context().newEvent(true); Event end = scratch.context().newEvent(true)) {
            scratch.stream().record(start);
            for (int i = 0; i < WARM_UPS; i++) {
                launch.accept(i);
            }
            scratch.stream().record(end);
            end.synchronize();
            double each = Math.max(1, 1e3 * end.millisecondsSince(start) / WARM_UPS);
            int wanted = (int) Math.max(1, Math.min(MOST_LAUNCHES, SAMPLE_MICROS / each));
            return (wanted + sets - 1) / sets * sets;
        }
    }

    private GraphExec capture(IntConsumer launch, int launches) {
        scratch.stream().beginCapture();
        for (int i = 0; i < launches; i++) {
            launch.accept(i);
        }
        try (Graph graph = scratch.stream().endCapture()) {
            return graph.instantiate();
        }
    }
}
