package dev.parasol.bench.figures;

import dev.parasol.audio.AudioReader;
import dev.parasol.bench.OpenModel;
import dev.parasol.bench.Report;
import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** What an utterance gives alone and in random batches, to the bit, and how many launches that takes. */
final class BatchesFigure implements Figure {
    private static final int BATCHES = 20;
    private static final int MOST = 8;
    private static final long SEED = 11;

    @Override
    public void take(Setting setting, Report report) {
        report.section("Batches: log-probabilities of an utterance alone and in " + BATCHES + " random batches of 2 to " + MOST);
        List<float[]> waves = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            waves.add(AudioReader.read(setting.shared().resolve(String.format(Locale.ROOT, "audio/digits/utt-%02d.wav", i))).samples());
        }
        for (Precision precision : Precision.values()) {
            try (OpenModel open = new OpenModel(setting.device(), setting.shared().resolve("models/digits-tiny").toString(), precision)) {
                compare(open, precision.name().toLowerCase(Locale.ROOT), waves, report);
            }
        }
    }

    private static void compare(OpenModel open, String precision, List<float[]> waves, Report report) {
        Random random = new Random(SEED);
        float[] alone = logProbs(open, List.of(waves.get(0)))[0];
        long start = open.context().launches();
        logProbs(open, List.of(waves.get(0)));
        Set<Long> launches = new TreeSet<>(Set.of(open.context().launches() - start));
        long launchesAlone = open.context().launches() - start;
        int same = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            List<float[]> chosen = new ArrayList<>(List.of(waves.get(0)));
            int others = 1 + random.nextInt(MOST - 1);
            for (int i = 0; i < others; i++) {
                chosen.add(waves.get(1 + random.nextInt(waves.size() - 1)));
            }
            Collections.shuffle(chosen, random);
            long before = open.context().launches();
            float[] ours = logProbs(open, chosen)[chosen.indexOf(waves.get(0))];
            launches.add(open.context().launches() - before);
            same += Arrays.equals(alone, ours) ? 1 : 0;
        }
        report.row(precision + " utt-00 bit-identical", same + " of " + BATCHES + " batches", "all", same == BATCHES);
        report.row(precision + " launches of a pass with log-probabilities", launchesAlone + " alone, " + launches + " in batches", "one number", launches.size() == 1);
    }

    private static float[][] logProbs(OpenModel open, List<float[]> waves) {
        StageRecorder recorder = StageRecorder.only(StageRecorder.LOG_PROBS);
        open.model().run(waves, recorder);
        float[][] result = new float[waves.size()][];
        for (int i = 0; i < waves.size(); i++) {
            result[i] = recorder.stage(i, StageRecorder.LOG_PROBS).floats();
        }
        return result;
    }
}
