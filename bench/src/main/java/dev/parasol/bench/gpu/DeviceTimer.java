package dev.parasol.bench.gpu;

import dev.parasol.bench.Scratch;
import dev.parasol.cuda.Event;
import dev.parasol.cuda.Graph;
import dev.parasol.cuda.GraphExec;
import java.util.function.IntConsumer;

/** Times launches on the device: many of them captured as one graph, between two events, so that gaps between launches stay out. */
final class DeviceTimer {
    private static final int WARM_UPS = 2;

    private final Scratch scratch;
    private final int launches;
    private final int samples;

    /**
     * @param launches launches in one sample
     * @param samples samples, of which the median is taken
     */
    DeviceTimer(Scratch scratch, int launches, int samples) {
        this.scratch = scratch;
        this.launches = launches;
        this.samples = samples;
    }

    /** @param launch enqueues launch i on the scratch's stream; rotates its operands by i, so that they do not stay in a cache */
    Timing time(IntConsumer launch) {
        launch.accept(0);
        scratch.stream().synchronize();
        double[] micros = new double[samples];
        try (GraphExec graph = capture(launch); Event start = scratch.context().newEvent(true); Event end = scratch.context().newEvent(true)) {
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

    private GraphExec capture(IntConsumer launch) {
        scratch.stream().beginCapture();
        for (int i = 0; i < launches; i++) {
            launch.accept(i);
        }
        try (Graph graph = scratch.stream().endCapture()) {
            return graph.instantiate();
        }
    }
}
