package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.memory.DeviceMemoryExhausted;
import dev.parasol.testing.Samples;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One driver call after the other is made to fail, in a load, a transcription and the closing: each time the right text or a
 * clear error, and nothing left on the device.
 */
class FailingCallsTest {
    private static final List<String> LIVE = List.of("bytes", "host_bytes", "allocations", "handles", "ranges", "mappings", "streams",
            "events", "modules", "graphs", "graph_execs", "contexts");

    @BeforeEach
    void onTheSoftwareDevice() {
        assumeTrue(DeviceSpec.select(null).kind() == DeviceSpec.Kind.SOFT, "failures can be asked of the software device only");
    }

    @AfterEach
    void clear() {
        if (DeviceSpec.select(null).kind() == DeviceSpec.Kind.SOFT) {
            SoftDevice.clearFailures();
        }
    }

    /** Steps are primes, so that different calls of a repeated sequence are met; a step of 1 takes them all. */
    @ParameterizedTest
    @CsvSource({"2, 11", "719, 23"})
    void everyCall(int code, int step) {
        String model = Samples.model();
        Path file = Samples.speech(0);
        long before = SoftDevice.calls(null);
        assertThat(outcome(model, file)).isEqualTo("six");
        long calls = SoftDevice.calls(null) - before;
        int texts = 0;
        for (long nth = 1; nth < calls; nth += step) {
            SoftDevice.failCall(null, nth, code);
            String outcome = outcome(model, file);
            SoftDevice.clearFailures();
            for (String what : LIVE) {
                assertThat(SoftDevice.live(what)).as("%s after call %d failed: %s", what, nth, outcome).isZero();
            }
            texts += outcome.equals("six") ? 1 : 0;
            assertThat(outcome.equals("six") || outcome.contains("failed") || outcome.contains("out of device memory")).as(outcome).isTrue();
        }
        assertThat(outcome(model, file)).isEqualTo("six");
        System.out.println("one of " + calls + " driver calls failing with " + code + ", every " + step + "th: " + texts + " texts, the others clear errors");
    }

    @Tag("soak")
    @ParameterizedTest
    @ValueSource(ints = {2, 719})
    void everySingleCall(int code) {
        everyCall(code, 1);
    }

    /**
     * The same for six batches, two of them in flight, the later ones as graphs. Every utterance has its text or an error: after one
     * call that found too little memory all have their texts, after a refusal that says nothing else all but one, and the next
     * transcription works. After the loss of the device there are errors.
     */
    @ParameterizedTest
    @CsvSource({"2, 61", "719, 151", "1, 127"})
    void everyCallWithTwoBatchesInFlight(int code, int step) {
        long calls = Long.MAX_VALUE;
        int texts = 0;
        int errors = 0;
        for (long nth = 0; nth < calls; nth += step) {
            try (Recognizer recognizer = Recognizer.builder().model(Samples.model()).device("soft:0").build()) {
                List<Utterance> utterances = Collections.nCopies(6, Samples.waveform(0)).stream().map(Utterance::new).toList();
                long before = SoftDevice.calls(null);
                if (nth > 0) {
                    SoftDevice.failCall(null, nth, code);
                }
                recognizer.recognise(ReadyBatches.ofEach(utterances));
                SoftDevice.clearFailures();
                if (nth == 0) {
                    calls = SoftDevice.calls(null) - before;
                    assertThat(recognizer.memoryReport().regions()).as("two slabs").filteredOn(region -> region.name().contains("slab")).hasSize(2)
                            .allMatch(region -> region.mapped() > 0);
                }
                int failed = 0;
                for (Utterance utterance : utterances) {
                    assertThat(utterance.finished()).as("after call %d failed", nth).isTrue();
                    failed += utterance.error() == null ? 0 : 1;
                    if (utterance.error() == null) {
                        assertThat(recognizer.transcript(utterance, 1, List.of()).text()).isEqualTo("six");
                    } else {
                        assertThat(utterance.error()).isInstanceOfAny(CudaException.class, RecognitionException.class);
                    }
                }
                errors += failed > 0 ? 1 : 0;
                texts += failed > 0 ? 0 : 1;
                if (code != 719) {
                    assertThat(failed).as("utterances without text after call %d of %d failed", nth, calls).isLessThanOrEqualTo(code == 2 ? 0 : 1);
                    assertThat(recognizer.transcribe(Samples.speech(1)).text()).isEqualTo("two three");
                }
            }
            for (String what : LIVE) {
                assertThat(SoftDevice.live(what)).as("%s after call %d failed", what, nth).isZero();
            }
        }
        System.out.println("six batches in flight, one of " + calls + " driver calls failing with " + code + ", every " + step + "th: " + texts
                + " times all texts, " + errors + " times clear errors");
    }

    @Tag("soak")
    @ParameterizedTest
    @ValueSource(ints = {2, 719, 1})
    void everySingleCallWithTwoBatchesInFlight(int code) {
        everyCallWithTwoBatchesInFlight(code, 1);
    }

    /** What a user sees; any other exception is a defect and fails the test. */
    private static String outcome(String model, Path file) {
        try (Recognizer recognizer = Recognizer.builder().model(model).device("soft:0").build()) {
            return recognizer.transcribe(file).text();
        } catch (CudaException | DeviceMemoryExhausted | RecognitionException e) {
            return e.getMessage();
        }
    }

    @ParameterizedTest
    @CsvSource({"cuLaunchKernel, 5", "cuStreamSynchronize, 1"})
    void afterTheDeviceFailedEveryCallSaysSoAndANewRecognizerWorks(String entry, int nth) {
        String model = Samples.model();
        List<Path> files = List.of(Samples.speech(0), Samples.speech(1));
        try (Recognizer recognizer = Recognizer.builder().model(model).device("soft:0").build()) {
            SoftDevice.failCall(entry, nth, 700);
            for (int i = 0; i < 2; i++) {
                for (FileResult result : recognizer.transcribe(files)) {
                    assertThat(result.error().orElseThrow()).isInstanceOf(RecognitionException.class).hasMessageContaining("close it and make a new one");
                }
            }
        }
        assertThat(outcome(model, files.get(0))).isEqualTo("six");
    }
}
