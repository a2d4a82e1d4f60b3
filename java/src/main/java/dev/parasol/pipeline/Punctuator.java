package dev.parasol.pipeline;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.Budget;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemoryLadder;
import dev.parasol.memory.MemoryReport;
import dev.parasol.memory.MemorySystem;
import dev.parasol.memory.ReclaimStep;
import dev.parasol.memory.Reclaimer;
import dev.parasol.memory.WorkMember;
import dev.parasol.memory.WorkTask;
import dev.parasol.model.CtTransformer;
import dev.parasol.model.Precision;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.Progress;
import dev.parasol.weights.PunctuationConfig;
import dev.parasol.weights.PunctuationFolder;
import dev.parasol.weights.TokenIds;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;

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
    private final CudaContext context;
    private final MemorySystem memory;
    private final WorkMember member;
    private final MemoryLadder ladder;
    private final CtTransformer model;
    private final TokenIds tokens;
    private boolean closed;

    private Punctuator(CudaContext context, MemorySystem memory, WorkMember member, CtTransformer model, TokenIds tokens) {
        this.context = context;
        this.memory = memory;
        this.member = member;
        this.ladder = new MemoryLadder(memory.budget());
        this.model = model;
        this.tokens = tokens;
        member.reclaimBy(new Idle());
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
        if (context.failure() != null) {
            throw new RecognitionException("the device " + context.spec() + " failed and this punctuator cannot go on; close it and make a new one ("
                    + context.failure().getMessage() + ")", context.failure());
        }
        Window window = new Window(words);
        try (WorkTask task = memory.budget().turns().begin(member, "punctuation of " + words.length + " words")) {
            ModelLoad.climb(ladder, task, window);
        } catch (CudaException e) {
            throw new RecognitionException("punctuation failed: " + e.getMessage(), e);
        }
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
            return Math.max(0, memory.mapped(model.peakBytes(List.of(words))) - model.reserved());
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

    /** What can be given back between two windows. */
    private final class Idle implements Reclaimer {
        @Override
        public long idle() {
            return context.failure() == null ? model.reserved() : 0;
        }

        @Override
        public long fixed() {
            return memory.fixed();
        }

        @Override
        public void reclaim(ReclaimStep step, long bytes) {
            if (context.failure() != null) {
                return;
            }
            switch (step) {
                case DRAIN -> model.drain();
                case TRIM -> model.trim();
                case EVICT -> model.evict();
                case DEFRAGMENT -> { }
            }
        }
    }

    /** The marks by their ids. */
    public List<String> marks() {
        return model.config().marks();
    }

    /** The device in use. */
    public DeviceSpec device() {
        return context.spec();
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
        return memory.report();
    }

    /** Waits for the window that is running, then releases all memory. Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            WorkTask closing = memory.budget().turns().begin(member, "closing");
            try {
                memory.budget().turns().leave(member);
                try (context; memory; model) {
                    // closed from right to left
                }
            } finally {
                closing.close();
            }
        }
    }

    /** Settings of a punctuator; everything but the model has a default. Not thread-safe. */
    public static final class Builder {
        private String model;
        private String device;
        private Precision precision = Precision.FP32;
        private Budget budget;
        private Progress progress = Progress.NONE;

        private Builder() {}

        /** A FunASR model folder. */
        public Builder model(String folder) {
            model = Objects.requireNonNull(folder);
            return this;
        }

        /** {@code cuda:N} or {@code soft:N}; null lets {@code PARASOL_DEVICE} or else the machine decide, which is the default. */
        public Builder device(String spec) {
            device = spec;
            return this;
        }

        /** {@link Precision#FP32} by default, since the model is small without its embedding, or {@link Precision#FP16}. */
        public Builder precision(Precision value) {
            if (value != Precision.FP32 && value != Precision.FP16) {
                throw new IllegalArgumentException("punctuation in " + value.text() + ", expected fp32 or fp16");
            }
            precision = value;
            return this;
        }

        /** The memory budget, which may be shared with recognizers. Without it the device is the limit. */
        public Builder budget(Budget shared) {
            budget = Objects.requireNonNull(shared);
            return this;
        }

        /** Is told of the progress of loading. */
        public Builder progress(Progress listener) {
            progress = Objects.requireNonNull(listener);
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
            if (model == null) {
                throw new IllegalStateException("a punctuator needs a model");
            }
            PunctuationFolder folder = PunctuationFolder.open(model);
            TokenIds tokens = folder.tokens();
            Deque<AutoCloseable> opened = new ArrayDeque<>();
            try {
                CudaContext context = CudaContext.open(DeviceSpec.select(device));
                opened.push(context);
                Budget paying = budget == null ? Budget.of(context) : budget;
                MemorySystem memory = new MemorySystem(context, paying, folder.shortName());
                opened.push(memory);
                WorkMember member = paying.turns().join("punctuator of " + folder.name());
                opened.push(() -> paying.turns().leave(member));
                CtTransformer loaded = ModelLoad.inTurn(paying, member, CtTransformer.bytesToLoad(memory, folder, precision),
                        () -> CtTransformer.load(context, memory, folder, tokens.size(), precision, progress));
                return new Punctuator(context, memory, member, loaded, tokens);
            } catch (RuntimeException e) {
                opened.forEach(resource -> ModelLoad.closeAfter(e, resource));
                throw e;
            }
        }
    }
}
