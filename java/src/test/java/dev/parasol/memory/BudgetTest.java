package dev.parasol.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BudgetTest {
    @Test
    void grantsUpToTheLimitAndTakesNothingWhenRefusing() {
        Budget budget = Budget.ofBytes(100);
        budget.reserve(60);
        assertThatThrownBy(() -> budget.reserve(41)).isInstanceOfSatisfying(DeviceMemoryExhausted.class, e -> {
            assertThat(e.requested()).isEqualTo(41);
            assertThat(e.free()).isEqualTo(40);
            assertThat(e.report().held()).isEqualTo(60);
        });
        budget.reserve(40);
        assertThat(budget.used()).isEqualTo(100);
        budget.release(100);
        assertThat(budget.used()).isZero();
        assertThat(budget.peak()).isEqualTo(100);
    }

    @Test
    void neverOverflows() {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        budget.reserve(Long.MAX_VALUE - 1);
        assertThat(budget.tryReserve(2)).isFalse();
        assertThat(budget.tryReserve(1)).isTrue();
    }

    @Test
    void moreThanWasTakenCannotComeBack() {
        Budget budget = Budget.ofBytes(100);
        budget.reserve(10);
        assertThatThrownBy(() -> budget.release(11)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> budget.reserve(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aLimitBelowWhatIsHeldGrantsNothing() {
        Budget budget = Budget.ofBytes(100);
        budget.reserve(80);
        budget.limitTo(50);
        assertThat(budget.tryReserve(1)).isFalse();
        assertThat(budget.available()).isZero();
        budget.release(40);
        assertThat(budget.tryReserve(10)).isTrue();
    }

    @Test
    void theLimitHoldsAcrossThreads() throws InterruptedException {
        Budget budget = Budget.ofBytes(1000);
        Thread[] threads = new Thread[8];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    if (budget.tryReserve(300)) {
                        budget.release(300);
                    }
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(budget.used()).isZero();
        assertThat(budget.peak()).isLessThanOrEqualTo(1000).isPositive();
    }

    @Test
    void aShareIsOfTheFirstDeviceThatIsAsked() {
        Budget budget = Budget.of("25%");
        assertThat(budget.limit()).isEqualTo(Long.MAX_VALUE);
        budget.observeDevice(700, 1000);
        budget.observeDevice(700, 4000);
        assertThat(budget.limit()).isEqualTo(250);
        assertThat(budget.left()).isEqualTo(250);
        assertThat(Budget.of("4KiB").limit()).isEqualTo(4096);
    }
}
