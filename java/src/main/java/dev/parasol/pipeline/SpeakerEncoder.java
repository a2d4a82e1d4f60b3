package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import dev.parasol.audio.AudioException;
import dev.parasol.audio.AudioReader;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.Budget;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemoryLadder;
import dev.parasol.memory.MemoryLimit;
import dev.parasol.memory.MemoryReport;
import dev.parasol.memory.MemorySystem;
import dev.parasol.memory.ReclaimStep;
import dev.parasol.memory.Reclaimer;
import dev.parasol.memory.WorkMember;
import dev.parasol.memory.WorkTask;
import dev.parasol.model.SpeakerNetwork;
import dev.parasol.weights.Progress;
import dev.parasol.weights.SpeakerFolder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Speaker embeddings by FunASR's CAM++: recordings of one speaker have embeddings of about the same direction.
 *
 * <pre>{@code
 * try (SpeakerEncoder encoder = SpeakerEncoder.builder().model("path/to/folder").build()) {
 *     float[] embedding = encoder.embed(Path.of("speech.wav"));
 * }
 * }</pre>
 *
 * <p>Thread-safe: batches take turns on the device, with each other and with whoever shares the memory budget.
 *
 * <p>Errors: {@link AudioException} when a recording cannot be read or is shorter than 45 ms, {@link RecognitionException} when the
 * device failed, {@link DeviceMemoryExhausted} when there is too little memory, {@link IllegalStateException} after {@link #close}.
 */
public final class SpeakerEncoder implements AutoCloseable {
    /** Recordings of a batch, or fewer where they are long. */
    public static final int BATCH = 32;
    /** Samples of a batch, or more where one recording alone is longer. */
    private static final int BATCH_SAMPLES = BATCH * SpeakerWindows.WINDOW;

    private final CudaContext context;
    private final MemorySystem memory;
    private final WorkMember member;
    private final MemoryLadder ladder;
    private final SpeakerNetwork model;
    private boolean closed;

    private SpeakerEncoder(CudaContext context, MemorySystem memory, WorkMember member, SpeakerNetwork model) {
        this.context = context;
        this.memory = memory;
        this.member = member;
        this.ladder = new MemoryLadder(memory.budget());
        this.model = model;
        member.reclaimBy(new Idle());
    }

    /** Settings of a new encoder; it needs a model at least. */
    public static Builder builder() {
        return new Builder();
    }

    /** The embedding of a whole file. */
    public float[] embed(Path file) {
        return embed(file.toString(), AudioReader.read(file).samples());
    }

    /** The embedding of samples: mono, 16 kHz, full scale -1 … 1. */
    public float[] embed(float[] samples) {
        return embed("the recording", samples);
    }

    private float[] embed(String name, float[] samples) {
        if (samples.length < SpeakerNetwork.LEAST_SAMPLES) {
            throw new AudioException(String.format(Locale.ROOT, "%s has %d ms of sound, expected at least %d ms for an embedding", name,
                    samples.length * 1000L / AudioClip.SAMPLE_RATE, SpeakerNetwork.LEAST_SAMPLES * 1000 / AudioClip.SAMPLE_RATE));
        }
        return embed(List.of(samples)).get(0);
    }

    /**
     * The embeddings of several recordings, in their order; each is what it is alone, to the bit.
     *
     * @param recordings mono, 16 kHz, full scale -1 … 1, of at least 45 ms each
     */
    public List<float[]> embed(List<float[]> recordings) {
        List<float[]> embeddings = new ArrayList<>();
        int first = 0;
        while (first < recordings.size()) {
            int end = first + 1;
            long samples = recordings.get(first).length;
            while (end < recordings.size() && end - first < BATCH && samples + recordings.get(end).length <= BATCH_SAMPLES) {
                samples += recordings.get(end++).length;
            }
            embeddings.addAll(batch(recordings.subList(first, end)));
            first = end;
        }
        return embeddings;
    }

    /** One batch, in halves where there is no memory for all of it. */
    private List<float[]> batch(List<float[]> recordings) {
        try {
            return whole(recordings);
        } catch (DeviceMemoryExhausted e) {
            if (recordings.size() == 1) {
                throw e;
            }
            List<float[]> embeddings = new ArrayList<>(batch(recordings.subList(0, recordings.size() / 2)));
            embeddings.addAll(batch(recordings.subList(recordings.size() / 2, recordings.size())));
            return embeddings;
        }
    }

    private List<float[]> whole(List<float[]> recordings) {
        if (context.failure() != null) {
            throw new RecognitionException("the device " + context.spec() + " failed and this encoder cannot go on; close it and make a new one ("
                    + context.failure().getMessage() + ")", context.failure());
        }
        Batch batch = new Batch(recordings);
        try (WorkTask task = memory.budget().turns().begin(member, "speaker embeddings of " + (recordings.size() == 1 ? "a recording" : recordings.size() + " recordings"))) {
            ModelLoad.climb(ladder, task, batch);
        } catch (CudaException e) {
            throw new RecognitionException("the embedding of speakers failed: " + e.getMessage(), e);
        }
        return batch.embeddings;
    }

    /** A batch's way through the model. */
    private final class Batch implements MemoryLadder.Attempt {
        private final List<float[]> recordings;
        private List<float[]> embeddings;

        Batch(List<float[]> recordings) {
            this.recordings = recordings;
        }

        @Override
        public long lacking() {
            return Math.max(0, memory.mapped(model.peakBytes(recordings.stream().mapToLong(samples -> samples.length).toArray())) - model.reserved());
        }

        @Override
        public boolean divisible() {
            return recordings.size() > 1;
        }

        @Override
        public void run() {
            embeddings = model.embed(recordings);
        }
    }

    /** What can be given back between two batches. */
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

    /** Numbers of an embedding. */
    public int embeddingSize() {
        return model.config().embeddingSize();
    }

    /** The device in use. */
    public DeviceSpec device() {
        return context.spec();
    }

    /** Sentences for the user about the model. */
    public List<String> notices() {
        return model.notices();
    }

    /** Who holds how much device memory. */
    public MemoryReport memoryReport() {
        return memory.report();
    }

    /** Waits for the batch that is running, then releases all memory. Idempotent. */
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

    /** Settings of an encoder; everything but the model has a default. Not thread-safe. */
    public static final class Builder {
        private String model;
        private String device;
        private MemoryLimit memoryLimit;
        private Budget budget;
        private Progress progress = Progress.NONE;

        private Builder() {}

        /** The folder of a CAM++. */
        public Builder model(String folder) {
            model = Objects.requireNonNull(folder);
            return this;
        }

        /** {@code cuda:N} or {@code soft:N}; null lets {@code PARASOL_DEVICE} or else the machine decide, which is the default. */
        public Builder device(String spec) {
            device = spec;
            return this;
        }

        /** The most device memory that may be held. */
        public Builder memoryLimit(MemoryLimit limit) {
            memoryLimit = Objects.requireNonNull(limit);
            return this;
        }

        /** A budget that is shared with others; takes the place of {@link #memoryLimit}. */
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
         * @throws dev.parasol.weights.ModelException when the model cannot be used
         * @throws DeviceMemoryExhausted when the weights do not fit
         * @throws CudaException when the device fails
         */
        public SpeakerEncoder build() {
            if (model == null) {
                throw new IllegalStateException("an encoder needs a model");
            }
            SpeakerFolder folder = SpeakerFolder.open(model);
            Deque<AutoCloseable> opened = new ArrayDeque<>();
            try {
                CudaContext context = CudaContext.open(DeviceSpec.select(device));
                opened.push(context);
                MemorySystem memory = new MemorySystem(context, budget(context), "speaker model");
                opened.push(memory);
                WorkMember member = memory.budget().turns().join("speaker encoder of " + folder.name());
                opened.push(() -> memory.budget().turns().leave(member));
                long bytes = memory.mapped(SpeakerNetwork.weightBytes(folder.config())) + memory.mapped(SpeakerNetwork.stagingBytes(folder.config()));
                SpeakerNetwork loaded = ModelLoad.inTurn(memory.budget(), member, bytes, () -> SpeakerNetwork.load(context, memory, folder, progress));
                return new SpeakerEncoder(context, memory, member, loaded);
            } catch (RuntimeException e) {
                opened.forEach(resource -> ModelLoad.closeAfter(e, resource));
                throw e;
            }
        }

        private Budget budget(CudaContext context) {
            if (budget != null) {
                return budget;
            }
            return memoryLimit == null ? Budget.of(context) : Budget.of(memoryLimit);
        }
    }
}
