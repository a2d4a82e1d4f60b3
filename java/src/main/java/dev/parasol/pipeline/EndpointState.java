package dev.parasol.pipeline;

/**
 * What an {@link EndpointDetector} remembers between segments.
 *
 * @param frame frames so far
 * @param free the first frame at which a segment may begin
 * @param silentFrames frames of silence since the last speech
 * @param endSilenceMs silence that ends a segment
 * @param speechNoiseThreshold by what the posterior of speech exceeds that of silence
 * @param noise mean energy of noise in decibels
 * @param window see {@link SpeechWindow#state}
 */
record EndpointState(int frame, int free, int silentFrames, int endSilenceMs, double speechNoiseThreshold, double noise, String window) {
    EndpointState {
        if (frame < 0 || free < 0 || silentFrames < 0 || !Double.isFinite(noise) || !Double.isFinite(speechNoiseThreshold) || window == null) {
            throw new IllegalArgumentException("no state of a detector");
        }
    }
}
