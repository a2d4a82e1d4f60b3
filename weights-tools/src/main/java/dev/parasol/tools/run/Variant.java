package dev.parasol.tools.run;

import dev.parasol.model.Paraformer;
import dev.parasol.model.StageRecorder;
import dev.parasol.pipeline.SentencePostprocess;
import dev.parasol.scoring.Edits;
import dev.parasol.scoring.WordErrors;
import dev.parasol.tools.data.Speech;
import dev.parasol.weights.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** A loaded model. Recordings are packed into batches of at most a minute; the results do not depend on that. Not thread-safe. */
public final class Variant implements AutoCloseable {
    private static final double BATCH_SECONDS = 60;

    private final Paraformer model;

    Variant(Paraformer model) {
        this.model = model;
    }

    /** The model itself. */
    public Paraformer model() {
        return model;
    }

    /** What the model hears in each recording. */
    public List<String> texts(List<Speech> speech) {
        List<String> texts = new ArrayList<>();
        for (List<Speech> batch : batches(speech)) {
            List<Speech> audible = batch.stream().filter(s -> s.samples().length > 0).toList();
            List<int[]> ids = audible.isEmpty() ? List.of() : model.run(audible.stream().map(Speech::samples).toList(), null);
            int next = 0;
            for (Speech one : batch) {
                texts.add(one.samples().length > 0 ? text(ids.get(next++)) : "");
            }
        }
        return texts;
    }

    /** The errors in each recording. */
    public List<Edits> errors(List<Speech> speech) {
        List<String> texts = texts(speech);
        List<Edits> errors = new ArrayList<>();
        for (int i = 0; i < speech.size(); i++) {
            errors.add(WordErrors.count(speech.get(i).text(), texts.get(i)));
        }
        return errors;
    }

    private String text(int[] ids) {
        return SentencePostprocess.text(Arrays.stream(ids)
                .filter(id -> id != Vocabulary.BLANK && id != Vocabulary.START && id != Vocabulary.END)
                .mapToObj(model.vocabulary()::token)
                .toList());
    }

    /** Is handed the stages of one batch. */
    @FunctionalInterface
    public interface StagesReader {
        void read(StageRecorder stages);
    }

    /** Runs recordings, none of them empty, batch by batch, so that the stages of one batch alone are in memory. */
    public void stages(List<Speech> speech, Collection<String> names, StagesReader reader) {
        for (List<Speech> batch : batches(speech)) {
            StageRecorder recorder = StageRecorder.only(names);
            model.run(batch.stream().map(Speech::samples).toList(), recorder);
            reader.read(recorder);
        }
    }

    private static List<List<Speech>> batches(List<Speech> speech) {
        List<List<Speech>> batches = new ArrayList<>();
        double seconds = 0;
        for (Speech one : speech) {
            if (batches.isEmpty() || seconds + one.seconds() > BATCH_SECONDS) {
                batches.add(new ArrayList<>());
                seconds = 0;
            }
            batches.get(batches.size() - 1).add(one);
            seconds += one.seconds();
        }
        return batches;
    }

    @Override
    public void close() {
        model.close();
    }
}
