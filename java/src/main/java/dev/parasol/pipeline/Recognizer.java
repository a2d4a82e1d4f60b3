package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import dev.parasol.audio.AudioException;
import dev.parasol.audio.AudioReader;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.MemoryReport;
import dev.parasol.model.Paraformer;
import dev.parasol.model.Precision;
import dev.parasol.model.StageRecorder;
import dev.parasol.weights.Extras;
import dev.parasol.weights.HotwordList;
import dev.parasol.weights.Hotwords;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.ModelFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Speech in, text out.
 *
 * <pre>{@code
 * try (Recognizer recognizer = Recognizer.builder().model("path/to/folder").build()) {
 *     System.out.println(recognizer.transcribe(Path.of("speech.wav")).text());
 * }
 * }</pre>
 *
 * <p>Thread-safe: any number of threads may call; recordings are read side by side, and batches take turns on the device in
 * the order in which they ask for it; so do those of recognizers that share a memory budget, where it is short.
 * {@link #close} waits for the batches that are running.
 *
 * <p>Errors: {@link AudioException} for a recording that cannot be used, {@link RecognitionException} for one that does not
 * fit into the device's memory or when the device failed, {@link IllegalStateException} after {@link #close}.
 */
public final class Recognizer implements AutoCloseable {
    private final Session<Paraformer> session;
    private final BatchRunner runner;
    private final TokenText text;
    private final double batchSeconds;

    private Recognizer(Session<Paraformer> session, double batchSeconds) {
        this.session = session;
        this.runner = new BatchRunner(session);
        this.text = new TokenText(session.model().vocabulary());
        this.batchSeconds = batchSeconds;
    }

    /** Settings of a new recognizer; it needs a model at least. */
    public static Builder builder() {
        return new Builder();
    }

    /** Reads and recognises one file. */
    public Transcript transcribe(Path file) {
        return transcribe(List.of(file)).get(0).orThrow();
    }

    /** {@link #transcribe(List, TranscriptionListener)} without a listener. */
    public List<FileResult> transcribe(List<Path> files) {
        return transcribe(files, TranscriptionListener.NONE);
    }

    /**
     * Reads and recognises files in batches, and answers in the order of the input. A file that fails has its error in its
     * own result and does not concern the others. Files are read ahead of the batch that is computed, up to two batches, and two
     * batches are in flight on the device where memory admits a second slab. The listener is told in the calling thread, of
     * several batches at once where they take less than a second.
     */
    public List<FileResult> transcribe(List<Path> files, TranscriptionListener listener) {
        return FileBatch.results(this, List.copyOf(files), batchSeconds, listener);
    }

    /** Recognises samples: mono, 16 kHz, full scale -1 … 1. The array is not changed. */
    public Transcript transcribe(float[] samples) {
        Utterance utterance = new Utterance(samples);
        if (!utterance.silent()) {
            recognise(BatchSource.of(List.of(utterance)));
        }
        return transcript(utterance, utterance.seconds(), List.of());
    }

    /**
     * Every stage of the forward pass over one recording, silent or not.
     *
     * @throws AudioException when it cannot be read or has no samples
     */
    public StageRecorder stages(Path file) {
        AudioClip clip = AudioReader.read(file);
        if (clip.samples().length == 0) {
            throw new AudioException(file + " has no samples");
        }
        return stages(recorder -> session.model().run(List.of(clip.samples()), recorder));
    }

    /** Every stage of the forward pass over features {@code [frames, featureSize]} as the front end makes them, row major. */
    public StageRecorder stages(float[] features) {
        return stages(recorder -> session.model().runFeatures(List.of(features), recorder));
    }

    private interface Recorded {
        void run(StageRecorder recorder);
    }

    private StageRecorder stages(Recorded pass) {
        StageRecorder recorder = StageRecorder.all();
        runner.runWhole("stages", () -> pass.run(recorder));
        return recorder;
    }

    /** Recognises all batches; results and errors are left in the utterances. */
    void recognise(BatchSource batches) {
        runner.run(batches);
    }

    Transcript transcript(Utterance utterance, double seconds, List<String> warnings) {
        List<Integer> tokens = TokenText.tokens(utterance.ids());
        List<Transcript.Word> words = words(utterance, 0);
        return new Transcript(text.text(tokens), tokens, words, Sentences.of(words, List.of(), List.of()), List.of(), seconds, utterance.elapsedSeconds(), warnings);
    }

    /**
     * The words of an utterance with their times; none where these were not asked for.
     *
     * @param startMs where in its recording the utterance begins
     */
    List<Transcript.Word> words(Utterance utterance, int startMs) {
        return utterance.trace() == null ? List.of() : text.words(utterance.ids(), utterance.trace(), startMs);
    }

    TokenText tokenText() {
        return text;
    }

    /** The device in use. */
    public DeviceSpec device() {
        return session.context().spec();
    }

    /** The precision of the weights and of what they are multiplied with. */
    public LinearSchemes schemes() {
        return session.model().schemes();
    }

    /** The model's configuration. */
    public ModelConfig config() {
        return session.model().config();
    }

    /** Sentences for the user about the model: which layers are run, and what of the checkpoint was left aside. */
    public List<String> notices() {
        return session.model().notices();
    }

    /** Who holds how much device memory. */
    public MemoryReport memoryReport() {
        return session.memory().report();
    }

    Session<Paraformer> session() {
        return session;
    }

    /** Gives back the memory of the activations, when the batches that are running are done. */
    void trim() {
        runner.runWhole("giving memory back", () -> {
            session.model().drain();
            session.model().trim();
        });
    }

    /** Waits for the batches that are running, then releases the device and all memory. Idempotent. */
    @Override
    public void close() {
        session.closeInTurn();
    }

    /** Settings of a recognizer; everything but the model has a default. Not thread-safe. */
    public static final class Builder extends ModelBuilder<Builder> {
        private static final double DEFAULT_BATCH_SECONDS = 300;

        private LinearSchemes schemes;
        private LayerMask layerMask = LayerMask.ALL;
        private boolean timestamps;
        private boolean timed;
        private List<String> hotwords = List.of();
        private double batchSeconds = DEFAULT_BATCH_SECONDS;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** A FunASR model folder, or a synthetic model such as {@code synth:paraformer-large}. */
        @Override
        public Builder model(String folderOrSynthetic) {
            return super.model(folderOrSynthetic);
        }

        /** By default what the checkpoint is quantized to, and fp16 where it is not quantized. */
        public Builder precision(Precision value) {
            return precision(value.schemes());
        }

        /** {@link #precision(Precision)} with a scheme for each linear layer; null is the default. */
        public Builder precision(LinearSchemes value) {
            schemes = value;
            return this;
        }

        /** Runs the model with these layers alone; the others are neither read nor put on the device. All by default. */
        public Builder keepLayers(LayerMask mask) {
            layerMask = Objects.requireNonNull(mask);
            return this;
        }

        /** {@link #keepLayers(LayerMask)} of layers such as {@code 0-5,8,d0-2}; {@link ModelException} when they are none. */
        public Builder keepLayers(String layers) {
            return keepLayers(LayerMask.parse(layers));
        }

        /** Whether transcripts have words with their times; false by default. */
        public Builder timestamps(boolean wanted) {
            timestamps = wanted;
            return this;
        }

        /** Whether words have times at all, if only near ones without {@link #timestamps}: those of CIF's weights, whatever head the model has for it. */
        Builder timed(boolean wanted) {
            timed = wanted;
            return this;
        }

        /**
         * Words to listen for, which a {@code SeacoParaformer} takes: at most {@value Hotwords#MAX_WORDS}, each of which may be several
         * words. None by default; see {@link HotwordList} for those of a text and of a file.
         */
        public Builder hotwords(List<String> words) {
            hotwords = List.copyOf(words);
            return this;
        }

        /** The most audio in one batch, in seconds; a longer recording is a batch of its own. 300 by default. */
        public Builder batchSeconds(double seconds) {
            if (!(seconds > 0)) {
                throw new IllegalArgumentException("batches of " + seconds + " seconds");
            }
            batchSeconds = seconds;
            return this;
        }

        /**
         * Opens the device and loads the model.
         *
         * @throws ModelException when the model cannot be used
         * @throws dev.parasol.memory.DeviceMemoryExhausted when the weights do not fit
         * @throws dev.parasol.cuda.CudaException when the device fails
         */
        public Recognizer build() {
            ModelFolder folder = ModelFolder.open(modelFor("a recognizer"));
            Extras asked = folder.extras(timestamps, hotwords);
            Extras extras = timed ? asked.timed() : asked;
            return new Recognizer(Session.open(this, folder.shortName(), "recognizer of " + folder.name(),
                    memory -> Paraformer.bytesToLoad(memory, folder, layerMask, schemes, extras),
                    (context, memory) -> Paraformer.load(context, memory, folder, layerMask, schemes, extras, loadProgress())), batchSeconds);
        }
    }
}
