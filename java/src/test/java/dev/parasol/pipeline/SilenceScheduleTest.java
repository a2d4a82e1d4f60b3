package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.weights.EndpointConfig;
import org.junit.jupiter.api.Test;

class SilenceScheduleTest {
    private static final EndpointConfig CONFIG = new EndpointConfig(800, 200, 150, 150, 200, 100, 600_000, 0.6, 1, -100, -100, 100);

    private final EndpointDetector detector = new EndpointDetector(CONFIG);
    private final SilenceSchedule schedule = new SilenceSchedule();

    /** Frames of silence after speech until the segment ends. */
    private int patience() {
        speak(100);
        for (int frames = 1; ; frames++) {
            detector.add(1, 0, false);
            if (detector.anyEnded()) {
                detector.take();
                return frames;
            }
        }
    }

    private void speak(int frames) {
        for (int i = 0; i < frames; i++) {
            detector.add(0, 0, false);
        }
    }

    /** Silence is noticed with the fifth silent frame; the next ones are counted. */
    private static int frames(int silenceMs) {
        return 5 + Math.max(1, (silenceMs - 150 + 9) / 10);
    }

    @Test
    void theFirstMinuteIsPatient() {
        schedule.step(detector, false);
        assertThat(patience()).isEqualTo(frames(2000));
    }

    @Test
    void patienceGoesDownMinuteByMinuteWhileNothingEnds() {
        schedule.step(detector, false);
        speak(100);
        schedule.step(detector, false);
        assertThat(patience()).isEqualTo(frames(200));
        speak(100);
        schedule.step(detector, false);
        assertThat(patience()).isEqualTo(frames(100));
    }

    @Test
    void aSegmentThatEndedMakesPatient() {
        schedule.step(detector, false);
        speak(100);
        schedule.step(detector, false);
        patience();
        schedule.step(detector, true);
        assertThat(patience()).isEqualTo(frames(2000));
    }

    @Test
    void speechThatGoesOnAfterASegmentEndedCountsFromThere() {
        schedule.step(detector, false);
        speak(100);
        schedule.step(detector, false);
        patience();
        speak(100);
        schedule.step(detector, true);
        assertThat(patience()).isEqualTo(frames(200));
    }
}
