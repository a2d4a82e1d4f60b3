package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parasol.audio.AudioReader;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryCounter;
import dev.parasol.model.BatchShape;
import dev.parasol.model.MemoryForecast;
import dev.parasol.model.Precision;
import dev.parasol.testing.Samples;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.ModelFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that follow each other overlap on the device, with the results and the memory that are known beforehand. */
class TwoBatchesInFlightTest {
    private static final long CHUNK = 2 << 20;
    /** In batches of the same bucket. */
    private static final List<Path> FILES = IntStream.range(0, 6).mapToObj(i -> Samples.speech(i % 2)).toList();
    private static final List<String> TEXTS = IntStream.range(0, 6).mapToObj(i -> i % 2 == 0 ? "six" : "two three").toList();

    private static Recognizer recognizer(Budget budget, double batchSeconds) {
        return Recognizer.builder().model(Samples.model()).budget(budget).batchSeconds(batchSeconds).build();
    }

    private static List<String> texts(Recognizer recognizer, List<Path> files) {
        return recognizer.transcribe(files).stream().map(result -> result.orThrow().text()).toList();
    }

    /** Batches of one file that are all there at once, so that the next one is always enqueued beside the one before. */
    private static List<Utterance> recognised(Recognizer recognizer, List<float[]> waveforms) {
        List<Utterance> utterances = waveforms.stream().map(Utterance::new).toList();
        recognizer.recognise(ReadyBatches.ofEach(utterances));
        return utterances;
    }

    @Test
    void oneBatchTakesOneSlabAndSeveralTakeTwoAsForecast() {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer recognizer = recognizer(budget, 300)) {
            List<float[]> waveforms = Collections.nCopies(4, Samples.waveform(2));
            BatchShape shape = recognizer.session().model().layout(waveforms.subList(0, 1)).shape();
            MemoryForecast forecast = MemoryForecast.of(ModelFolder.open(Samples.model()), LayerMask.ALL, Precision.FP16, shape);
            assertThat(recognizer.transcribe(waveforms.get(0)).text()).isEqualTo("five five seven");
            assertThat(recognizer.memoryReport().used()).isEqualTo(forecast.totalBytes());
            assertThat(budget.used()).isEqualTo(MemoryForecast.mapped(forecast.weightBytes(), CHUNK) + MemoryForecast.mapped(forecast.slabBytes(), CHUNK));

            for (Utterance utterance : recognised(recognizer, waveforms)) {
                assertThat(utterance.ids()).startsWith(8, 8, 10);
                assertThat(utterance.elapsedSeconds()).isPositive();
            }
            assertThat(recognizer.memoryReport().used()).isEqualTo(forecast.totalBytes() + forecast.slabBytes());
            assertThat(budget.used()).isEqualTo(MemoryForecast.mapped(forecast.weightBytes(), CHUNK) + 2 * MemoryForecast.mapped(forecast.slabBytes(), CHUNK));
        }
        assertThat(budget.used()).isZero();
    }

    /** What the second slab holds is never missing for the first: no step of the ladder is taken. */
    @Test
    void withRoomForOneSlabOneBatchRunsAfterTheOther() {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer recognizer = recognizer(budget, 300)) {
            List<float[]> waveforms = FILES.stream().map(file -> AudioReader.read(file).samples()).toList();
            List<String> ids = ids(recognised(recognizer, waveforms));
            recognizer.session().model().trim();
            budget.limitTo(budget.used() + CHUNK);
            assertThat(ids(recognised(recognizer, waveforms))).isEqualTo(ids);
            assertThat(budget.count(MemoryCounter.RETRY) + budget.count(MemoryCounter.SPLIT)).isZero();
            assertThat(budget.used()).isEqualTo(budget.limit());
        }
    }

    private static List<String> ids(List<Utterance> utterances) {
        return utterances.stream().map(utterance -> Arrays.toString(utterance.ids())).toList();
    }

    /** The device refuses memory: the ladder goes down to the plans and graphs of both streams, and what is made anew gives the same. */
    @Test
    void theLadderEvictsPlansAndGraphsAndTheNextBatchesAreTheSame() {
        assumeTrue(DeviceSpec.select(null).kind() == DeviceSpec.Kind.SOFT, "failures can be asked of the software device only");
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer recognizer = recognizer(budget, 300)) {
            List<float[]> waveforms = Collections.nCopies(4, Samples.waveform(2));
            List<String> ids = ids(recognised(recognizer, waveforms));
            assertThat(SoftDevice.live("graph_execs")).as("a graph for each stream").isEqualTo(2);

            recognizer.session().model().trim();
            SoftDevice.failCall("cuMemCreate", 1, 2);
            assertThat(ids(recognised(recognizer, waveforms.subList(0, 1)))).isEqualTo(ids.subList(0, 1));
            SoftDevice.clearFailures();
            assertThat(budget.count(MemoryCounter.EVICT)).isEqualTo(1);
            assertThat(budget.count(MemoryCounter.RETRY)).isEqualTo(1);
            assertThat(SoftDevice.live("graphs") + SoftDevice.live("graph_execs")).isZero();

            assertThat(ids(recognised(recognizer, waveforms))).isEqualTo(ids);
            assertThat(SoftDevice.live("graph_execs")).isEqualTo(2);
        }
    }

    /** Large and small batches by turns, where a large one does not fit: it is divided, and the small ones go on beside each other. */
    @Test
    void aBatchThatDoesNotFitInTheMiddleIsDividedAndTheOrderIsKept() {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            files.add(Samples.speech(0));
            files.addAll(Collections.nCopies(12, Samples.speech(2)));
        }
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer recognizer = recognizer(budget, 28)) {
            List<String> expected = texts(recognizer, files);
            recognizer.session().model().trim();
            budget.limitTo(budget.used() + CHUNK);
            List<String> told = new ArrayList<>();
            List<FileResult> results = recognizer.transcribe(files, (result, finished, total) -> told.add(finished + " " + result.orThrow().text()));
            assertThat(results.stream().map(result -> result.orThrow().text()).toList()).isEqualTo(expected);
            assertThat(told).isEqualTo(IntStream.range(0, files.size()).mapToObj(i -> i + 1 + " " + expected.get(i)).toList());
            assertThat(budget.count(MemoryCounter.SPLIT)).isPositive();
            assertThat(budget.used()).isLessThanOrEqualTo(budget.limit());
        }
        assertThat(budget.used()).isZero();
    }

    @Test
    void filesThatCannotBeReadAreAnsweredInTheirPlace(@TempDir Path folder) {
        Path missing = folder.resolve("missing.wav");
        List<Path> files = new ArrayList<>(List.of(missing, missing));
        files.addAll(FILES);
        files.add(3, missing);
        files.add(missing);
        try (Recognizer recognizer = recognizer(Budget.ofBytes(Long.MAX_VALUE), 1)) {
            List<FileResult> results = recognizer.transcribe(files);
            assertThat(results.stream().map(FileResult::file).toList()).isEqualTo(files);
            assertThat(results.stream().filter(result -> result.file() != missing).map(result -> result.orThrow().text()).toList()).isEqualTo(TEXTS);
            assertThat(results.stream().filter(result -> result.file() == missing)).allMatch(result -> result.error().isPresent()).hasSize(4);
        }
    }

    @Test
    void threadsAndTheirFlightsTakeTurns() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (Recognizer recognizer = recognizer(Budget.ofBytes(Long.MAX_VALUE), 1)) {
            List<Future<List<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                calls.add(threads.submit(() -> texts(recognizer, FILES)));
            }
            for (Future<List<String>> call : calls) {
                assertThat(call.get()).isEqualTo(TEXTS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** A listener is told outside of all turns, so it may use the recognizer itself, and what it throws ends the work. */
    @Test
    void aListenerMayTranscribeAndMayEndTheWork() {
        try (Recognizer recognizer = recognizer(Budget.ofBytes(Long.MAX_VALUE), 1)) {
            List<String> inner = new ArrayList<>();
            recognizer.transcribe(FILES.subList(0, 3), (result, finished, total) -> inner.add(recognizer.transcribe(Samples.speech(2)).text()));
            assertThat(inner).containsExactly("five five seven", "five five seven", "five five seven");
            IllegalStateException enough = new IllegalStateException("enough");
            assertThat(catchThrowable(() -> recognizer.transcribe(FILES, (result, finished, total) -> {
                throw enough;
            }))).isSameAs(enough);
            assertThat(texts(recognizer, FILES)).isEqualTo(TEXTS);
        }
    }
}
