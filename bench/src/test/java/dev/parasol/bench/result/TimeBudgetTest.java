package dev.parasol.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TimeBudgetTest {
    private long now = 1_000_000_000L;

    @Test
    void nothingIsBegunThatDoesNotFit() {
        TimeBudget budget = new TimeBudget(10, () -> now);
        assertThat(budget.allows(10)).isTrue();
        now += 4_000_000_000L;
        assertThat(budget.spent()).isEqualTo(4);
        assertThat(budget.left()).isEqualTo(6);
        assertThat(budget.allows(6.5)).isFalse();
        assertThat(budget.allows(0)).isTrue();
        now += 7_000_000_000L;
        assertThat(budget.left()).isZero();
        assertThat(budget.allows(0)).isFalse();
    }

    @Test
    void noTimeIsNoBudget() {
        assertThatThrownBy(() -> new TimeBudget(0)).hasMessageContaining("0.0 s");
        assertThatThrownBy(() -> new TimeBudget(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }
}
