package dev.parasol.tools.tensors;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HalfTest {
    @Test
    void everyHalfSurvivesTheWayToFloatAndBack() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            short half = (short) bits;
            float value = Half.toFloat(half);
            if (Float.isNaN(value)) {
                assertThat(Float.isNaN(Half.toFloat(Half.of(value)))).isTrue();
            } else {
                assertThat(Half.of(value)).as("half %04x", bits).isEqualTo(half);
            }
        }
    }

    @Test
    void roundsToTheNearestAndTiesToEven() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            double low = Half.toFloat((short) bits);
            double high = Half.toFloat((short) (bits + 1));
            short even = (short) (bits % 2 == 0 ? bits : bits + 1);
            assertThat(Half.of((float) ((low + high) / 2))).as("between %04x and the next", bits).isEqualTo(even);
            assertThat(Half.of(Math.nextUp((float) ((low + high) / 2)))).isEqualTo((short) (bits + 1));
            assertThat(Half.of(Math.nextDown((float) ((low + high) / 2)))).isEqualTo((short) bits);
        }
    }

    @Test
    void overflowsToInfinityAtHalfAStepPastTheLargest() {
        assertThat(Half.of(65519.996f)).isEqualTo((short) 0x7bff);
        assertThat(Half.of(65520f)).isEqualTo((short) 0x7c00);
        assertThat(Half.of(-1e9f)).isEqualTo((short) 0xfc00);
        assertThat(Half.of(-0f)).isEqualTo((short) 0x8000);
    }
}
