package dev.parasol.pipeline;

import dev.parasol.audio.AudioClip;
import dev.parasol.kernels.Fbank;
import dev.parasol.model.FsmnVad;
import dev.parasol.model.VadMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Finds the speech in one recording as its samples arrive, in chunks of any size; the segments do not depend on the chunks. Holds
 * some 11 s of samples at the most. Not thread-safe; streams of one detector may be used by different threads.
 */
public final class VadStream {
    /** Told of every frame when it is decided on. */
    @FunctionalInterface
    interface FrameSink {
        void frame(float silencePosterior, double decibel);
    }

    /** More samples at a time are taken as several chunks. */
    private static final int PIECE = FsmnVad.BLOCK_FRAMES * Fbank.FRAME_SHIFT;

    private final VoiceDetector owner;
    private final int before;
    private final int behind;
    private final int reach;
    private final VadMemory memory;
    private final EndpointDetector detector;
    /** Null where the silence that ends a segment was set. */
    private final SilenceSchedule schedule;
    private float[] buffer = new float[Fbank.FRAME_LENGTH];
    private int buffered;
    /** The recording's sample at which the buffer begins: that of row {@code firstRow}. */
    private int firstRow;
    /** The next frame for the model. */
    private int next;
    /** What comes before this frame only makes the model remember. */
    private int decideFrom;
    /** The first frame that the sink is told of. */
    private int tellFrom;
    private long samples;
    private int steps;
    private boolean endedInStep;
    private boolean finished;
    private final FrameSink sink;
    private final List<Segment> segments = new ArrayList<>();

    VadStream(VoiceDetector owner, FsmnVad model, EndpointDetector detector, SilenceSchedule schedule, FrameSink sink) {
        this.owner = owner;
        this.before = model.before();
        this.behind = model.behind();
        this.reach = model.reach();
        this.memory = model.newMemory();
        this.detector = detector;
        this.schedule = schedule;
        this.sink = sink;
    }

    /**
     * What it takes for another stream to go on from here, which will be given the recording's samples from {@link
     * VadState#fromSample} on; only between segments.
     *
     * @param tellFrom the first frame that the other one's sink will be told of, no later than the next one that is decided on
     */
    VadState state(long tellFrom) {
        int from = Math.toIntExact(Math.min(tellFrom, next));
        return new VadState(Math.max(0, from - reach - before), from, detector.state(), schedule == null ? 0 : schedule.accumulatedMs(),
                schedule != null && schedule.counting(), steps, endedInStep);
    }

    /** Whether it is between segments. */
    boolean resting() {
        return !detector.inSpeech() && next >= decideFrom;
    }

    /** Goes on where another stream of the same detector was; before any samples. */
    void restore(VadState state) {
        firstRow = state.firstRow();
        next = state.firstRow();
        samples = state.fromSample();
        decideFrom = state.endpoint().frame();
        tellFrom = state.tellFrom();
        detector.restore(state.endpoint());
        if (schedule != null) {
            schedule.restore(state.accumulatedMs(), state.counting());
        }
        steps = state.steps();
        endedInStep = state.endedInStep();
    }

    /** {@link #accept(float[], int, int)} of a whole array. */
    public List<Segment> accept(float[] chunk) {
        return accept(chunk, 0, chunk.length);
    }

    /**
     * Takes the recording's next samples, which are copied.
     *
     * @param chunk mono, 16 kHz, full scale -1 … 1
     * @return the segments that have ended
     * @throws IllegalStateException after {@link #finish}
     */
    public List<Segment> accept(float[] chunk, int offset, int count) {
        if (finished) {
            throw new IllegalStateException("the recording has ended");
        }
        for (int from = 0; from < count; from += PIECE) {
            int piece = Math.min(PIECE, count - from);
            buffer = buffered + piece > buffer.length ? Arrays.copyOf(buffer, Math.max(buffered + piece, Math.min(2 * buffer.length, 2 * PIECE))) : buffer;
            System.arraycopy(chunk, offset + from, buffer, buffered, piece);
            buffered += piece;
            samples += piece;
            process(rows() - behind, false);
        }
        return taken();
    }

    /** The recording has ended: the segments that have ended with it. Idempotent. */
    public List<Segment> finish() {
        if (!finished) {
            finished = true;
            int rows = rows();
            // FunASR makes no feature of fewer rows than are stacked behind a frame.
            process(rows > behind ? rows : 0, true);
        }
        return taken();
    }

    /** Where the segment that is running now began, in milliseconds. */
    public OptionalLong running() {
        return detector.running();
    }

    /** Nothing before this, in milliseconds, will be part of a segment that has not ended. */
    long settled() {
        return detector.settled();
    }

    /** Seconds of audio that were taken. */
    public double seconds() {
        return (double) samples / AudioClip.SAMPLE_RATE;
    }

    private List<Segment> taken() {
        List<Segment> result = List.copyOf(segments);
        segments.clear();
        return result;
    }

    private int rows() {
        return samples < Fbank.FRAME_LENGTH ? 0 : Fbank.rows(samples);
    }

    /** Decides on frames up to {@code end}. */
    private void process(int end, boolean last) {
        while (next < end) {
            int count = Math.min(FsmnVad.BLOCK_FRAMES, end - next);
            int first = Math.max(firstRow, next - before);
            int rows = Math.min(rows(), next + count + behind) - first;
            float[] silence = owner.silence(memory, buffer, at(first), rows, next - first, count);
            for (int i = 0; i < count; i++) {
                frame(next + i, silence[i], last && next + i + 1 == end);
            }
            next += count;
        }
        drop(Math.max(firstRow, next - before));
    }

    private void frame(int frame, float silence, boolean last) {
        double decibel = decibel(at(frame));
        if (frame >= tellFrom) {
            sink.frame(silence, decibel);
        }
        if (frame >= decideFrom) {
            step();
            detector.add(silence, decibel, last);
            endedInStep |= detector.anyEnded();
            segments.addAll(detector.take());
        }
    }

    /** The schedule's steps come where they come when FunASR reads a recording a minute at a time, which leaves the last frames to the next one. */
    private void step() {
        if (schedule == null || samples < steps * SilenceSchedule.STEP_SAMPLES) {
            return;
        }
        long rowsThen = steps == 0 ? behind : 1 + (steps * SilenceSchedule.STEP_SAMPLES - Fbank.FRAME_LENGTH) / Fbank.FRAME_SHIFT;
        if (detector.frames() == rowsThen - behind) {
            schedule.step(detector, endedInStep);
            endedInStep = false;
            steps++;
        }
    }

    private int at(int row) {
        return (row - firstRow) * Fbank.FRAME_SHIFT;
    }

    private double decibel(int at) {
        double energy = 0;
        for (int i = at; i < at + Fbank.FRAME_LENGTH; i++) {
            energy += (double) buffer[i] * buffer[i];
        }
        return 10 * Math.log10(energy + 1e-6);
    }

    private void drop(int row) {
        int count = Math.min(at(row), buffered);
        System.arraycopy(buffer, count, buffer, 0, buffered - count);
        buffered -= count;
        firstRow = row;
    }
}
