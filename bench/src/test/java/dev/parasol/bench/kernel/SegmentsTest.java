package dev.parasol.bench.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SegmentsTest {
    @Test
    void lastOneTakesTheRest() {
        assertThat(Segments.of(10, 4)).containsExactly(4, 4, 2);
        assertThat(Segments.of(8, 4)).containsExactly(4, 4);
        assertThat(Segments.of(3, 4)).containsExactly(3);
    }

    @Test
    void allFramesAreThere() {
        for (int length : new int[] {83, 250, 1000}) {
            assertThat(Arrays.stream(Segments.of(6000, length)).sum()).isEqualTo(6000);
        }
    }
}
