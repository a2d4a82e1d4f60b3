package dev.parasol.tools.quantize;

import dev.parasol.model.StageTensor;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Variant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * What went into one linear layer over all recordings: magnitudes, the largest in each channel, and some rows as they were, drawn with
 * equal chance. Memory does not grow with the recordings. Not thread-safe.
 */
public final class InputStatistics {
    /** Rows that are kept. */
    public static final int SAMPLE = 64;

    private static final long SEED = 11;

    private final Magnitudes magnitudes = new Magnitudes();
    private final float[] channels;
    private final List<float[]> sample = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(SEED);
    private long rows;

    public InputStatistics(int channels) {
        this.channels = new float[channels];
    }

    /** Runs a model, in fp32, over recordings one by one. */
    public static Map<Linear, InputStatistics> gather(Variant variant, List<Speech> speech, List<Linear> linears, Consumer<String> progress) {
        Map<Linear, InputStatistics> statistics = new LinkedHashMap<>();
        linears.forEach(linear -> statistics.put(linear, new InputStatistics(linear.inputs())));
        List<String> names = linears.stream().map(Linear::input).toList();
        for (Speech one : speech) {
            progress.accept(one.id());
            variant.stages(List.of(one), names, stages -> statistics.forEach((linear, s) -> s.add(stages.stage(0, linear.input()))));
        }
        return statistics;
    }

    private void add(StageTensor tensor) {
        add(tensor.floats());
    }

    /** Adds whole rows, one behind the other. */
    void add(float[] values) {
        if (values.length == 0) {
            return;
        }
        magnitudes.add(values);
        for (int row = 0; row < values.length / channels.length; row++) {
            int at = row * channels.length;
            for (int c = 0; c < channels.length; c++) {
                channels[c] = Math.max(channels[c], Math.abs(values[at + c]));
            }
            rows++;
            if (sample.size() < SAMPLE) {
                sample.add(Arrays.copyOfRange(values, at, at + channels.length));
            } else {
                long place = random.nextLong(rows);
                if (place < SAMPLE) {
                    sample.set((int) place, Arrays.copyOfRange(values, at, at + channels.length));
                }
            }
        }
    }

    /** All magnitudes. */
    public Magnitudes magnitudes() {
        return magnitudes;
    }

    /** The largest magnitude in each channel. */
    public float[] channels() {
        return channels.clone();
    }

    /** At most {@value #SAMPLE} rows; not to be changed. */
    public List<float[]> sample() {
        return List.copyOf(sample);
    }

    /** How many rows there were. */
    public long rows() {
        return rows;
    }
}
