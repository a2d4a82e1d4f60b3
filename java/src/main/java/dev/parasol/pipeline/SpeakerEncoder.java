package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import dev.parasol.audio.AudioException;
import dev.parasol.audio.AudioReader;
import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemoryLadder;
import dev.parasol.memory.MemoryReport;
import dev.parasol.model.SpeakerNetwork;
import dev.parasol.weights.SpeakerFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

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

    private final Session<SpeakerNetwork> session;
    private final SpeakerNetwork model;
    private final SidePasses passes;

    private SpeakerEncoder(Session<SpeakerNetwork> session) {
        this.session = session;
        this.model = session.model();
        this.passes = new SidePasses(session, "encoder", "the embedding of speakers");
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
        Batch batch = new Batch(recordings);
        passes.run("speaker embeddings of " + (recordings.size() == 1 ? "a recording" : recordings.size() + " recordings"), batch);
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
            return passes.lacking(model.peakBytes(recordings.stream().mapToLong(samples -> samples.length).toArray()));
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

    /** Numbers of an embedding. */
    public int embeddingSize() {
        return model.config().embeddingSize();
    }

    /** The device in use. */
    public DeviceSpec device() {
        return session.context().spec();
    }

    /** Sentences for the user about the model. */
    public List<String> notices() {
        return model.notices();
    }

    /** Who holds how much device memory. */
    public MemoryReport memoryReport() {
        return session.memory().report();
    }

    /** Waits for the batch that is running, then releases all memory. Idempotent. */
    @Override
    public void close() {
        session.closeInTurn();
    }

    /** Settings of an encoder; everything but the model has a default. Not thread-safe. */
    public static final class Builder extends ModelBuilder<Builder> {
        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** The folder of a CAM++. */
        @Override
        public Builder model(String folder) {
            return super.model(folder);
        }

        /**
         * Opens the device and loads the model. Nothing stays behind when that fails.
         *
         * @throws dev.parasol.weights.ModelException when the model cannot be used
         * @throws DeviceMemoryExhausted when the weights do not fit
         * @throws dev.parasol.cuda.CudaException when the device fails
         */
        public SpeakerEncoder build() {
            SpeakerFolder folder = SpeakerFolder.open(modelFor("an encoder"));
            return new SpeakerEncoder(Session.open(this, "speaker model", "speaker encoder of " + folder.name(),
                    memory -> memory.mapped(SpeakerNetwork.weightBytes(folder.config())) + memory.mapped(SpeakerNetwork.stagingBytes(folder.config())),
                    (context, memory) -> SpeakerNetwork.load(context, memory, folder, loadProgress())));
        }
    }
}
