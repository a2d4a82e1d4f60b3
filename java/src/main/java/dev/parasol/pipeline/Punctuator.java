package dev.parasol.pipeline;

import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemoryLadder;
import dev.parasol.memory.MemoryReport;
import dev.parasol.model.CtTransformer;
import dev.parasol.model.Precision;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.PunctuationFolder;
import dev.parasol.weights.TokenIds;
import java.util.List;

/**
 * Puts punctuation into text with a CT-Transformer, as FunASR does.
 *
 * <pre>{@code
 * try (Punctuator punctuator = Punctuator.builder().model("path/to/folder").build()) {
 *     System.out.println(punctuator.punctuate("hello world").text());
 * }
 * }</pre>
 *
 * <p>Thread-safe: texts take turns on the device, with each other and with whoever shares the memory budget.
 *
 * <p>Errors: {@link ModelException} when a row of the embedding cannot be used,
 * {@link DeviceMemoryExhausted} when there is too little memory, {@link RecognitionException} when the device
 * failed, {@link IllegalStateException} after {@link #close}.
 */
public final class Punctuator implements AutoCloseable {
    private final Session<CtTransformer> session;
    private final CtTransformer model;
    private final SidePasses passes;
    private final TokenIds tokens;

    private Punctuator(Session<CtTransformer> session, TokenIds tokens) {
        this.session = session;
        this.model = session.model();
        this.passes = new SidePasses(session, "punctuator", "punctuation");
        this.tokens = tokens;
    }

    /** Settings of a new punctuator; it needs a model at least. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Puts punctuation into a text. Of a text without words nothing is left.
     *
     * @throws DeviceMemoryExhausted when there is too little memory for a window of the text
     */
    public Punctuated punctuate(String text) {
        List<String> words = Words.of(text);
        if (words.isEmpty()) {
            return new Punctuated("", List.of());
        }
        PunctuatedText result = new PunctuatedText(model.config(), words);
        new PunctuationWindow(model.config(), this::marks).run(words.stream().mapToInt(tokens::id).toArray(), result::add);
        return result.finish();
    }

    /** The same result with punctuation in its text, or with what went wrong with that. What failed before stays as it is. */
    public FileResult punctuate(FileResult result) {
        if (result.transcript().isEmpty()) {
            return result;
        }
        try {
            Transcript transcript = result.orThrow();
            return FileResult.of(result.file(), transcript.punctuated(punctuate(transcript.text()), marks()));
        } catch (ModelException | DeviceMemoryExhausted | RecognitionException e) {
            return FileResult.failed(result.file(), e);
        }
    }

    private int[] marks(int[] words) {
        Window window = new Window(words);
        passes.run("punctuation of " + words.length + " words", window);
        return window.marks;
    }

    /** A window's way through the model. */
    private final class Window implements MemoryLadder.Attempt {
        private final int[] words;
        private int[] marks;

        Window(int[] words) {
            this.words = words;
        }

        @Override
        public long lacking() {
            return passes.lacking(model.peakBytes(List.of(words)));
        }

        @Override
        public boolean divisible() {
            return false;
        }

        @Override
        public void run() {
            marks = model.run(List.of(words)).get(0);
        }
    }

    /** The marks by their ids. */
    public List<String> marks() {
        return model.config().marks();
    }

    /** The device in use. */
    public DeviceSpec device() {
        return session.context().spec();
    }

    /** Bytes of the embedding, none of which are on the device. */
    public long embeddingBytes() {
        return model.embeddingBytes();
    }

    /** Sentences for the user about the model. */
    public List<String> notices() {
        return model.notices();
    }

    /** Who holds how much device memory. */
    public MemoryReport memoryReport() {
        return session.memory().report();
    }

    /** Waits for the window that is running, then releases all memory. Idempotent. */
    @Override
    public void close() {
        session.closeInTurn();
    }

    /** Settings of a punctuator; everything but the model has a default. Not thread-safe. */
    public static final class Builder extends ModelBuilder<Builder> {
        private Precision precision = Precision.FP32;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** The folder of a CT-Transformer. */
        @Override
        public Builder model(String folder) {
            return super.model(folder);
        }

        /** {@link Precision#FP32} by default, since the model is small without its embedding, or {@link Precision#FP16}. */
        public Builder precision(Precision value) {
            if (value != Precision.FP32 && value != Precision.FP16) {
                throw new IllegalArgumentException("punctuation in " + value.text() + ", expected fp32 or fp16");
            }
            precision = value;
            return this;
        }

        /**
         * Opens the device and loads the model. Nothing stays behind when that fails.
         *
         * @throws ModelException when the model cannot be used
         * @throws DeviceMemoryExhausted when the weights do not fit
         * @throws CudaException when the device fails
         */
        public Punctuator build() {
            PunctuationFolder folder = PunctuationFolder.open(modelFor("a punctuator"));
            TokenIds tokens = folder.tokens();
            return new Punctuator(Session.open(this, folder.shortName(), "punctuator of " + folder.name(), memory -> CtTransformer.bytesToLoad(memory, folder, precision),
                    (context, memory) -> CtTransformer.load(context, memory, folder, tokens.size(), precision, loadProgress())), tokens);
        }
    }
}
