package dev.parasol.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TimingTest {
    @Test
    void medianWithItsSpread() {
        double[] micros = new double[11];
        for (int i = 0; i < micros.length; i++) {
            micros[(7 * i) % 11] = 10 * i;
        }
        Timing timing = Timing.of(micros);
        assertThat(timing.median()).isEqualTo(50);
        assertThat(timing.low()).isEqualTo(10);
        assertThat(timing.high()).isEqualTo(90);
        assertThat(timing.samples()).isEqualTo(11);
        assertThat(timing.rate(100)).isCloseTo(2e6, within(1e-6));
    }

    @Test
    void theSlowerOfArithmeticAndMemoryIsTheFloor() {
        Ceilings ceilings = new Ceilings(1e12, 1e14, "x");
        assertThat(ceilings.floorMicros(1e8, 1e6)).isCloseTo(1, within(1e-12));
        assertThat(ceilings.memoryBound(1e8, 1e6 + 1)).isTrue();
        assertThat(ceilings.memoryBound(1e9, 1e6)).isFalse();
        assertThat(ceilings.share(1e9, 1e6, 20)).isCloseTo(0.5, within(1e-12));
    }
}
