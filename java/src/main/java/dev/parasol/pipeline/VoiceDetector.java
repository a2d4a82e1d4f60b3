package dev.parasol.pipeline;

import dev.parasol.audio.AudioStream;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.MemoryReport;
import dev.parasol.memory.MemorySystem;
import dev.parasol.model.FsmnVad;
import dev.parasol.model.VadMemory;
import dev.parasol.weights.EndpointConfig;
import dev.parasol.weights.VadFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds speech in recordings, with FunASR's FSMN-VAD and by its rules.
 *
 * <pre>{@code
 * try (VoiceDetector detector = VoiceDetector.builder().model("path/to/fsmn-vad").build()) {
 *     System.out.println(detector.detect(Path.of("speech.wav")));
 * }
 * }</pre>
 *
 * <p>Device memory is a few megabytes, reserved once and independent of the recordings. Thread-safe: any number of streams may be
 * open, and take turns on the device block by block.
 */
public final class VoiceDetector implements AutoCloseable {
    /** Samples that are read at a time. */
    private static final int BLOCK = 10 * AudioStream.SAMPLE_RATE;

    private final Session<FsmnVad> session;
    private final EndpointConfig endpoint;
    private final boolean dynamic;
    private boolean closed;

    private VoiceDetector(Session<FsmnVad> session, EndpointConfig endpoint, boolean dynamic) {
        this.session = session;
        this.endpoint = endpoint;
        this.dynamic = dynamic;
    }

    /** Settings of a new detector; it needs a model at least. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The segments of one file, in their order.
     *
     * @throws dev.parasol.audio.AudioException when it cannot be read
     */
    public List<Segment> detect(Path file) {
        try (AudioStream recording = AudioStream.open(file)) {
            return detect(recording);
        }
    }

    /**
     * The segments of a recording that is read to its end here, block by block.
     *
     * @throws dev.parasol.audio.AudioException when it cannot be read
     */
    public List<Segment> detect(AudioStream recording) {
        VadStream stream = open();
        List<Segment> segments = new ArrayList<>();
        float[] block = new float[BLOCK];
        for (int count = recording.read(block, 0, BLOCK); count >= 0; count = recording.read(block, 0, BLOCK)) {
            segments.addAll(stream.accept(block, 0, count));
        }
        segments.addAll(stream.finish());
        return segments;
    }

    /** The segments of samples: mono, 16 kHz, full scale -1 … 1. */
    public List<Segment> detect(float[] samples) {
        VadStream stream = open();
        List<Segment> segments = new ArrayList<>(stream.accept(samples));
        segments.addAll(stream.finish());
        return segments;
    }

    /** A recording whose samples will come chunk by chunk. It holds nothing that must be released. */
    public VadStream open() {
        return open((silencePosterior, decibel) -> { });
    }

    VadStream open(VadStream.FrameSink sink) {
        return new VadStream(this, session.model(), new EndpointDetector(endpoint), dynamic ? new SilenceSchedule() : null, sink);
    }

    /** One block, alone on the device. */
    synchronized float[] silence(VadMemory stream, float[] samples, int offset, int rows, int first, int frames) {
        if (closed) {
            throw new IllegalStateException("the detector is closed");
        }
        return session.model().silence(stream, samples, offset, rows, first, frames);
    }

    /** The device in use. */
    public DeviceSpec device() {
        return session.context().spec();
    }

    /** Sentences for the user about the model. */
    public List<String> notices() {
        return session.model().notices();
    }

    /** Who holds how much device memory. */
    public MemoryReport memoryReport() {
        return session.memory().report();
    }

    /** Waits for the block that is running, then releases the device and all memory. Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        session.close();
    }

    /** Settings of a detector; everything but the model has a default. Not thread-safe. */
    public static final class Builder extends ModelBuilder<Builder> {
        private Integer maxEndSilence;
        private Integer maxSegment;

        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /** The folder of an FSMN-VAD. */
        @Override
        public Builder model(String folder) {
            return super.model(folder);
        }

        /**
         * FunASR's {@code max_end_silence_time}: the silence that ends a segment, in milliseconds. Without it FunASR's schedule holds,
         * which depends on how long speech has gone on.
         */
        public Builder maxEndSilence(int milliseconds) {
            maxEndSilence = notNegative(milliseconds);
            return this;
        }

        /** FunASR's {@code max_single_segment_time}: the length at which a segment is cut, in milliseconds; the model's own by default. */
        public Builder maxSegment(int milliseconds) {
            maxSegment = notNegative(milliseconds);
            return this;
        }

        private static int notNegative(int milliseconds) {
            if (milliseconds < 0) {
                throw new IllegalArgumentException(milliseconds + " ms");
            }
            return milliseconds;
        }

        /**
         * Opens the device and loads the model; nothing stays behind when that fails.
         *
         * @throws dev.parasol.weights.ModelException when the model cannot be used
         * @throws dev.parasol.memory.DeviceMemoryExhausted when it does not fit
         * @throws dev.parasol.cuda.CudaException when the device fails
         */
        public VoiceDetector build() {
            VadFolder folder = VadFolder.open(modelFor("a detector"));
            return new VoiceDetector(Session.open(this, "", "voice activity detection of " + folder.name(), memory -> bytesToLoad(memory, folder),
                    (context, memory) -> FsmnVad.load(context, memory, folder, loadProgress())), endpoint(folder), maxEndSilence == null);
        }

        private EndpointConfig endpoint(VadFolder folder) {
            EndpointConfig config = folder.config().endpoint();
            config = maxEndSilence == null ? config : config.withMaxEndSilence(maxEndSilence);
            return maxSegment == null ? config : config.withMaxSegment(maxSegment);
        }

        private static long bytesToLoad(MemorySystem memory, VadFolder folder) {
            return memory.mapped(FsmnVad.weightBytes(folder.config()))
                    + Math.max(memory.mapped(FsmnVad.stagingBytes(folder.config())), memory.mapped(FsmnVad.plan(folder.config()).peakBytes()));
        }
    }
}
