package dev.parasol.tools.importance;

import dev.parasol.model.StageRecorder;
import dev.parasol.model.StageTensor;
import dev.parasol.tools.data.Speech;
import dev.parasol.tools.run.Variant;
import java.util.ArrayList;
import java.util.List;

/**
 * Cross-entropy of a variant against the tokens that the whole model hears: no text is needed, and unlike a divergence from the whole
 * model's distribution it has a slope there. Recordings in which the variant fires another number of tokens do not count.
 */
final class SelfLoss {
    private static final List<String> STAGES = List.of(StageRecorder.LOG_PROBS, "ids");

    private final List<long[]> labels = new ArrayList<>();
    private final List<Speech> speech;

    SelfLoss(Variant whole, List<Speech> speech) {
        this.speech = speech;
        whole.stages(speech, STAGES, stages -> {
            for (int b = 0; b < stages.batch(); b++) {
                labels.add(stages.stage(b, "ids").ids());
            }
        });
    }

    /** Mean loss of a token in each recording; NaN where the number of tokens differs or is 0. */
    double[] of(Variant variant) {
        double[] losses = new double[labels.size()];
        int[] next = {0};
        variant.stages(speech, STAGES, stages -> {
            for (int b = 0; b < stages.batch(); b++) {
                losses[next[0]] = loss(stages.stage(b, StageRecorder.LOG_PROBS), labels.get(next[0]));
                next[0]++;
            }
        });
        return losses;
    }

    private static double loss(StageTensor logProbs, long[] ids) {
        if (logProbs.rows() != ids.length || ids.length == 0) {
            return Double.NaN;
        }
        int vocabulary = (int) logProbs.shape()[1];
        double sum = 0;
        for (int token = 0; token < ids.length; token++) {
            sum -= logProbs.floats()[token * vocabulary + (int) ids[token]];
        }
        return sum / ids.length;
    }
}
