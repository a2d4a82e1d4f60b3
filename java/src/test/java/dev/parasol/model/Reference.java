package dev.parasol.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.testing.Shared;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.SafetensorsCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** FunASR's own stages of a few inputs, in fp32, and the comparison of a recorded pass with them. */
final class Reference implements AutoCloseable {
    /** FunASR's choice is firm where its best two log-probabilities are at least so far apart. */
    private static final double FIRM = 0.03;

    private final Checkpoint file;

    private Reference(Checkpoint file) {
        this.file = file;
    }

    /** A file of reference stages; skips the test where it is missing. */
    static Reference open(String name) {
        return open(Shared.path(name));
    }

    static Reference open(Path path) {
        return new Reference(SafetensorsCheckpoint.open(path));
    }

    float[] floats(String name) {
        return HostTensors.floats(file, name);
    }

    /** How far a stage is off. */
    record Difference(String stage, double relative) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s %.1e", stage, relative);
        }
    }

    /** Norm of the difference over norm, of every stage of {@code key} but the ids; shapes are asserted. */
    List<Difference> differences(String key, StageRecorder recorder, int utterance) {
        List<Difference> differences = new ArrayList<>();
        for (String name : file.names()) {
            String stage = name.substring(name.indexOf('.') + 1);
            if (!name.startsWith(key + ".") || stage.equals("ids") || stage.equals("token_num")) {
                continue;
            }
            StageTensor ours = recorder.stage(utterance, stage);
            assertThat(ours.shape()).as(name).isEqualTo(file.info(name).shape());
            differences.add(new Difference(stage, relative(floats(name), ours.floats())));
        }
        return differences;
    }

    private static double relative(float[] expected, float[] actual) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow((double) actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    long[] ids(String key) {
        return HostTensors.longs(file, key + ".ids");
    }

    /** Asserts FunASR's ids: all of them, or those of which FunASR was sure. */
    void assertIds(String key, long[] ours, boolean firmOnly) {
        long[] expected = ids(key);
        assertThat(ours).as("ids of " + key).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            if (!firmOnly || margin(key, i, expected.length) >= FIRM) {
                assertThat(ours[i]).as("id %d of %s", i, key).isEqualTo(expected[i]);
            }
        }
    }

    private double margin(String key, int row, int rows) {
        float[] all = floats(key + ".log_probs");
        int size = all.length / rows;
        double best = Double.NEGATIVE_INFINITY;
        double second = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < size; c++) {
            double value = all[row * size + c];
            second = Math.max(second, Math.min(best, value));
            best = Math.max(best, value);
        }
        return best - second;
    }

    @Override
    public void close() {
        file.close();
    }
}
