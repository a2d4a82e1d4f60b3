package dev.parasol.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorRateTest {
    @Test
    void theIntervalOfIndependentWordsIsTheBinomialOne() {
        List<Edits> utterances = new ArrayList<>(Collections.nCopies(360, new Edits(0, 0, 0, 1)));
        utterances.addAll(Collections.nCopies(40, new Edits(1, 0, 0, 1)));
        ErrorRate rate = ErrorRate.of(utterances);
        assertThat(rate.percent()).isEqualTo(10);
        // 1.96 sqrt(0.1 0.9 / 400) = 2.94 points
        assertThat(rate.low()).isCloseTo(7.06, within(0.6));
        assertThat(rate.high()).isCloseTo(12.94, within(0.6));
        assertThat(ErrorRate.of(utterances)).isEqualTo(rate);
    }

    @Test
    void nothingIsNoError() {
        assertThat(ErrorRate.of(List.of())).isEqualTo(new ErrorRate(0, 0, 0, 0));
        assertThat(ErrorRate.of(List.of(new Edits(0, 0, 2, 0))).percent()).isEqualTo(200);
    }
}
