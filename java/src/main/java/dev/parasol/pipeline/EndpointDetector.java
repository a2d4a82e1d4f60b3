package dev.parasol.pipeline;

import dev.parasol.weights.EndpointConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Makes segments of the frames' posteriors of silence, as FunASR does for recordings with several utterances. A segment begins
 * before the frame at which the smoothed decision turns to speech, by the window and the lookback, but not before the last one's
 * end; it ends when silence has lasted long enough, when it has become too long, or with the recording. Not thread-safe.
 */
final class EndpointDetector {
    private static final double NO_NOISE = -100;
    /** A mean of noise up to here has not seen a frame yet. */
    private static final double UNSET_NOISE = -99.9;

    private final EndpointConfig config;
    private final SpeechWindow window;
    private final int latency;
    private int endSilenceMs;
    private double speechNoiseThreshold;
    private double noise = NO_NOISE;
    private int frame;
    private int free;
    /** First frame of the running segment; -1 outside of segments. */
    private int start = -1;
    private int silentFrames;
    private final List<Segment> ended = new ArrayList<>();

    EndpointDetector(EndpointConfig config) {
        this.config = config;
        this.window = new SpeechWindow(Math.max(1, frames(config.window())), frames(config.silenceToSpeech()), frames(config.speechToSilence()));
        this.latency = window.size() + frames(config.lookback());
        endSilence(config.maxEndSilence());
        speechNoiseThreshold(config.speechNoiseThreshold());
    }

    /** What it takes to go on between two frames outside of segments. */
    EndpointState state() {
        if (inSpeech()) {
            throw new IllegalStateException("a segment is running");
        }
        return new EndpointState(frame, free, silentFrames, endSilenceMs, speechNoiseThreshold, noise, window.state());
    }

    /** Goes on where another one was in {@code state}. */
    void restore(EndpointState state) {
        frame = state.frame();
        free = state.free();
        silentFrames = state.silentFrames();
        endSilenceMs = state.endSilenceMs();
        speechNoiseThreshold = state.speechNoiseThreshold();
        noise = state.noise();
        window.restore(state.window());
    }

    /** From now on a segment ends after {@code milliseconds} of silence, of which the window's share passes unnoticed. */
    void endSilence(int milliseconds) {
        endSilenceMs = Math.max(0, milliseconds - config.speechToSilence());
    }

    /** From now on a frame is speech when its posterior exceeds that of silence by {@code threshold}. */
    void speechNoiseThreshold(double threshold) {
        speechNoiseThreshold = threshold;
    }

    /** Whether a segment is running. */
    boolean inSpeech() {
        return start >= 0;
    }

    /** Where the running segment began. */
    OptionalLong running() {
        return inSpeech() ? OptionalLong.of(ms(start)) : OptionalLong.empty();
    }

    /** Where the running segment began, or else the earliest time, in milliseconds, at which another one can begin. */
    long settled() {
        return ms(inSpeech() ? start : Math.max(free, frame - latency));
    }

    /** Frames so far. */
    int frames() {
        return frame;
    }

    /**
     * Takes the next frame.
     *
     * @param silence its posterior of silence
     * @param decibel its energy
     * @param last whether the recording ends with it
     */
    void add(float silence, double decibel, boolean last) {
        switch (window.add(speech(silence, decibel))) {
            case SILENCE_TO_SPEECH -> {
                silentFrames = 0;
                if (inSpeech()) {
                    endWhenTooLong();
                } else {
                    start = Math.max(free, frame - latency);
                }
            }
            case SPEECH, SPEECH_TO_SILENCE -> {
                silentFrames = 0;
                endWhenTooLong();
            }
            case SILENCE -> {
                silentFrames++;
                if (inSpeech() && silentFrames * EndpointConfig.FRAME_MS >= endSilenceMs) {
                    end(frame - Math.max(0, frames(endSilenceMs) - frames(config.lookahead()) - 1));
                } else {
                    endWhenTooLong();
                }
            }
        }
        if (last && inSpeech()) {
            end(frame);
        }
        frame++;
    }

    /** The segments that have ended since the last call. */
    List<Segment> take() {
        List<Segment> result = List.copyOf(ended);
        ended.clear();
        return result;
    }

    /** Whether a segment has ended since the last {@link #take}. */
    boolean anyEnded() {
        return !ended.isEmpty();
    }

    /** The posteriors meet as FunASR computes them: the complement in fp32, then by way of logarithms. */
    private boolean speech(float silence, double decibel) {
        if (decibel < config.leastDecibel()) {
            return false;
        }
        double noisePosterior = Math.exp(Math.log(silence) * config.speechNoiseRatio());
        double speechPosterior = Math.exp(Math.log(1.0f - silence));
        if (speechPosterior >= noisePosterior + speechNoiseThreshold) {
            return decibel - noise >= config.leastRatio();
        }
        noise = noise < UNSET_NOISE ? decibel : (decibel + noise * (config.noiseFrames() - 1)) / config.noiseFrames();
        return false;
    }

    private void endWhenTooLong() {
        if (inSpeech() && (long) (frame - start + 1) * EndpointConfig.FRAME_MS > config.maxSegment()) {
            end(frame);
        }
    }

    private void end(int last) {
        ended.add(new Segment(ms(start), ms(last + 1)));
        free = last + 1;
        start = -1;
        silentFrames = 0;
        window.reset();
    }

    private static int frames(int milliseconds) {
        return milliseconds / EndpointConfig.FRAME_MS;
    }

    private static long ms(int frames) {
        return (long) frames * EndpointConfig.FRAME_MS;
    }
}
