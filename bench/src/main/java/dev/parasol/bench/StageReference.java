package dev.parasol.bench;

import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import dev.parasol.model.StageTensor;
import dev.parasol.weights.Checkpoint;
import dev.parasol.weights.HostTensors;
import dev.parasol.weights.SafetensorsCheckpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Stages of forward passes in a safetensors file, and the comparison of a recorded pass with them. */
public final class StageReference implements AutoCloseable {
    /** The choice of an id is firm where the best two log-probabilities are at least so far apart. */
    public static final double FIRM = 0.03;

    private final Checkpoint file;

    private StageReference(Checkpoint file) {
        this.file = file;
    }

    public static StageReference open(Path path) {
        return new StageReference(SafetensorsCheckpoint.open(path));
    }

    /** The most that stages may be off. */
    public record Limits(double encoder, double rest) {
        /** In fp32 every stage is held to 5e-5, in fp16 the encoder and the CIF weights to 5e-3. */
        public static Limits of(Precision precision) {
            return precision == Precision.FP32 ? new Limits(5e-5, 5e-5) : new Limits(5e-3, Double.POSITIVE_INFINITY);
        }

        double of(String stage) {
            return stage.startsWith("encoder") || stage.equals("alphas") ? encoder : rest;
        }
    }

    /** A tensor of the file. */
    public float[] floats(String name) {
        return HostTensors.floats(file, name);
    }

    /**
     * Compares one utterance and reports a line for the stages with a limit, one for those without, and one for the ids.
     *
     * @param what the lines' beginning
     * @param prefix what the stages' names begin with in the file: {@code "utt-00."}, or nothing
     * @param firmOnly whether ids count only where the reference was sure
     */
    public void compare(Report report, String what, String prefix, StageRecorder ours, int utterance, Limits limits, boolean firmOnly) {
        Worst limited = new Worst();
        Worst free = new Worst();
        for (String name : file.names()) {
            String stage = name.substring(Math.min(prefix.length(), name.length()));
            if (!name.startsWith(prefix) || stage.equals("ids") || stage.equals("token_num")) {
                continue;
            }
            StageTensor tensor = ours.stage(utterance, stage);
            boolean shaped = Arrays.equals(tensor.shape(), file.info(name).shape());
            double error = shaped ? Numbers.relativeError(floats(name), tensor.floats()) : Double.NaN;
            (Double.isFinite(limits.of(stage)) ? limited : free).add(stage, error);
        }
        report.row(what + " stages", limited.toString(), "at most " + Report.scientific(limits.encoder()) + " (of " + limited.stages + ")",
                limited.stages > 0 && limited.largest <= limits.encoder());
        if (free.stages > 0) {
            report.figure(what + " behind the CIF", free.toString());
        }
        List<String> wrong = wrongIds(prefix, ours.stage(utterance, "ids").ids(), firmOnly);
        int count = HostTensors.longs(file, prefix + "ids").length;
        report.row(what + " ids", wrong.isEmpty() ? count + " ids" : String.join(", ", wrong), firmOnly ? "where the margin is " + FIRM : "identical",
                wrong.isEmpty());
    }

    /** The stage that is off most; one whose error is not a number is worse than any. */
    private static final class Worst {
        private String stage = "";
        private double largest;
        private int stages;

        void add(String name, double error) {
            stages++;
            if (!Double.isNaN(largest) && !(error <= largest)) {
                largest = error;
                stage = name;
            }
        }

        @Override
        public String toString() {
            return (Report.scientific(largest) + " " + stage).strip();
        }
    }

    private List<String> wrongIds(String prefix, long[] ours, boolean firmOnly) {
        long[] expected = HostTensors.longs(file, prefix + "ids");
        if (ours.length != expected.length) {
            return List.of(ours.length + " ids instead of " + expected.length);
        }
        if (expected.length == 0) {
            return List.of();
        }
        float[] logProbs = floats(prefix + "log_probs");
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < expected.length; i++) {
            boolean counts = !firmOnly || Numbers.margin(logProbs, i, logProbs.length / expected.length) >= FIRM;
            if (counts && ours[i] != expected[i]) {
                wrong.add("id " + i + " is " + ours[i] + ", not " + expected[i]);
            }
        }
        return wrong;
    }

    @Override
    public void close() {
        file.close();
    }
}
