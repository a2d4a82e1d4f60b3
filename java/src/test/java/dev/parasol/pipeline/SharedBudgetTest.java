package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.parasol.memory.Budget;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.memory.MemoryCounter;
import dev.parasol.memory.MemoryReport;
import dev.parasol.testing.Samples;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recognizers live on one budget, which has room for the batch of one of them at a time. */
class SharedBudgetTest {
    private static final long CHUNK = 2 << 20;
    /** A minute, whose batch takes three chunks. */
    private static final List<Path> MINUTE = IntStream.range(0, 28).mapToObj(i -> Samples.speech(new int[] {0, 1, 2, 4, 7, 12, 15}[i % 7])).toList();
    /** Less than half of it, whose batch takes two. */
    private static final List<Path> FILES = MINUTE.subList(0, 12);

    private static Recognizer recognizer(Budget budget) {
        return Recognizer.builder().model(Samples.model()).budget(budget).build();
    }

    private static List<String> texts(Recognizer recognizer, List<Path> files) {
        return recognizer.transcribe(files).stream().map(result -> result.orThrow().text()).toList();
    }

    /** Leaves the budget with room for the slab of one whole batch, less {@code missing} bytes, and tells the texts. */
    private static List<String> limitToOneSlab(Budget budget, Recognizer one, List<Path> files, long missing) {
        List<String> expected = texts(one, files);
        long limit = budget.used() - missing;
        one.session().model().trim();
        budget.limitTo(limit);
        return expected;
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whatAnotherHoldsIdleIsHad() {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer one = recognizer(budget); Recognizer two = recognizer(budget)) {
            List<String> expected = limitToOneSlab(budget, one, FILES, 0);
            for (int round = 0; round < 2; round++) {
                assertThat(texts(one, FILES)).isEqualTo(expected);
                assertThat(texts(two, FILES)).isEqualTo(expected);
            }
            assertThat(budget.count(MemoryCounter.SPLIT)).isZero();
            assertThat(budget.used()).isLessThanOrEqualTo(budget.limit());
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void fourThreadsAreAnsweredWhereOneBatchFitsAtATime() throws Exception {
        answered(FILES, 1, 0);
    }

    @Test
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void fourThreadsAreAnsweredWhereNoWholeBatchFits() throws Exception {
        answered(FILES, 1, CHUNK);
    }

    @Tag("soak")
    @ParameterizedTest
    @ValueSource(longs = {0, CHUNK})
    @Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void fourThreadsAreAnsweredAboutMinutes(long missing) throws Exception {
        answered(MINUTE, 4, missing);
    }

    private static void answered(List<Path> files, int rounds, long missing) throws Exception {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Recognizer one = recognizer(budget); Recognizer two = recognizer(budget)) {
            List<String> expected = limitToOneSlab(budget, one, files, missing);
            List<Callable<List<String>>> calls = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Recognizer recognizer = thread % 2 == 0 ? one : two;
                calls.addAll(Collections.nCopies(rounds, () -> texts(recognizer, files)));
            }
            Collections.shuffle(calls, new Random(3));
            for (Future<List<String>> texts : threads.invokeAll(calls)) {
                assertThat(texts.get()).isEqualTo(expected);
            }
            assertThat(budget.used()).isLessThanOrEqualTo(budget.limit());
            assertThat(budget.count(MemoryCounter.SPLIT) > 0).isEqualTo(missing > 0);
            System.out.println("two recognizers, 4 threads, limit " + budget.limit() + " bytes: " + calls.size() + " lists of " + files.size() + " files, "
                    + budget.count(MemoryCounter.RETRY) + " retries, " + budget.count(MemoryCounter.SPLIT) + " splits");
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(budget.used()).isZero();
    }

    /** Four recognizers with weights of their own, five threads, room for one whole batch, and one recognizer more that is loaded meanwhile. */
    @Test
    @Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void fourRecognizersWorkWhileAFifthIsLoaded() throws Exception {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        ExecutorService threads = Executors.newFixedThreadPool(5);
        List<Recognizer> recognizers = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                recognizers.add(recognizer(budget));
            }
            long weights = budget.used() / 4;
            List<String> expected = limitToOneSlab(budget, recognizers.get(0), FILES, 0);
            budget.limitTo(budget.limit() + weights);
            List<Callable<List<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Recognizer recognizer = recognizers.get(i % 4);
                calls.add(() -> texts(recognizer, FILES));
            }
            calls.add(2, () -> {
                try (Recognizer fifth = recognizer(budget)) {
                    return texts(fifth, FILES);
                }
            });
            for (Future<List<String>> texts : threads.invokeAll(calls)) {
                assertThat(texts.get()).isEqualTo(expected);
            }
            MemoryReport report = recognizers.get(0).memoryReport();
            assertThat(report.waits()).isEmpty();
            assertThat(budget.used()).isLessThanOrEqualTo(budget.limit());
            assertThat(report.counts().get(MemoryCounter.REFUSAL)).isZero();
            assertThat(report.counts().get(MemoryCounter.EXHAUSTED)).isZero();
            System.out.println("four recognizers and a fifth loaded meanwhile: " + report.toText());
        } finally {
            threads.shutdownNow();
            recognizers.forEach(Recognizer::close);
        }
        assertThat(budget.used()).isZero();
    }

    /** All that is left is held idle by the first, so that the second can be loaded only with what is taken back. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aLoadHasWhatOthersHoldIdle() {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer one = recognizer(budget)) {
            List<String> expected = texts(one, FILES);
            long slab = one.session().model().reserved();
            assertThat(slab).isPositive();
            budget.limitTo(budget.used() + 2 * CHUNK);
            try (Recognizer two = recognizer(budget)) {
                assertThat(one.session().model().reserved()).isZero();
                assertThat(budget.count(MemoryCounter.TRIM)).isEqualTo(1);
                assertThat(budget.count(MemoryCounter.RETRY)).isEqualTo(1);
                assertThat(texts(two, FILES)).isEqualTo(expected);
                assertThat(texts(one, FILES)).isEqualTo(expected);
            }
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aLoadThatCannotFitNamesTheLargestHoldersAndHarmsNobody() {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer one = recognizer(budget)) {
            budget.limitTo(budget.used() + CHUNK);
            assertThatExceptionOfType(DeviceMemoryExhausted.class).isThrownBy(() -> recognizer(budget))
                    .withMessageMatching("out of device memory: recognizer of .*: loading asked for \\d+\\.\\d+ MiB more, free are 2\\.00 MiB; "
                            + "largest holders: digits-tiny: weights/encoder .*");
            assertThat(budget.count(MemoryCounter.EXHAUSTED)).isEqualTo(1);
            assertThat(budget.count(MemoryCounter.ALONE)).isEqualTo(1);
            assertThat(one.transcribe(Samples.speech(0)).text()).isEqualTo("six");
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void closingWaitsForTheBatchThatRunsAndThoseThatWaitAreTold() throws Exception {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        Recognizer recognizer = recognizer(budget);
        List<String> expected = texts(recognizer, FILES.subList(0, 7));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<List<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(threads.submit(() -> texts(recognizer, FILES.subList(0, 7))));
            }
            calls.get(0).get();
            recognizer.close();
            for (Future<List<String>> call : calls) {
                try {
                    assertThat(call.get()).isEqualTo(expected);
                } catch (ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(budget.used()).isZero();
    }
}
