package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.parasol.audio.AudioException;
import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.cuda.PhysicalChunk;
import dev.parasol.cuda.SoftDevice;
import dev.parasol.memory.MemoryCounter;
import dev.parasol.memory.MemoryLimit;
import dev.parasol.memory.MemoryReport;
import dev.parasol.testing.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The service on the software device, or on two of them. */
@Timeout(120)
class RecognizerServiceTest {
    private static final Map<Integer, String> TEXTS = Map.of(0, "six", 1, "two three", 2, "five five seven");
    private static final List<String> LIVE = List.of("bytes", "host_bytes", "allocations", "handles", "ranges", "mappings", "streams",
            "events", "modules", "graphs", "graph_execs", "contexts");

    private static final long CHUNK = 2 << 20;

    static RecognizerService.Builder service() {
        return RecognizerService.builder().model(Samples.model());
    }

    /** Both software devices, where the tests are run with two. */
    static String twoDevices() {
        onTheSoftwareDevice();
        assumeTrue("2".equals(System.getenv("PARASOL_SOFT_DEVICES")), "PARASOL_SOFT_DEVICES is not 2");
        return "soft:0,soft:1";
    }

    static void onTheSoftwareDevice() {
        assumeTrue(DeviceSpec.select(null).kind() == DeviceSpec.Kind.SOFT, "on the software device only");
    }

    @AfterEach
    void nothingFailsAnyMore() {
        if (DeviceSpec.select(null).kind() == DeviceSpec.Kind.SOFT) {
            SoftDevice.clearFailures();
        }
    }

    static Throwable error(CompletableFuture<Transcript> answer) {
        try {
            answer.join();
            throw new AssertionError("there is an answer");
        } catch (CompletionException e) {
            return e.getCause();
        } catch (CancellationException e) {
            return e;
        }
    }

    @Test
    void samplesAndFilesOfManyCallersAreAnswered() throws InterruptedException {
        List<CompletableFuture<Transcript>> answers = new ArrayList<>();
        RecognizerService service = service().batchSeconds(5).build();
        try (service) {
            for (int i = 0; i < 12; i++) {
                RequestOptions options = RequestOptions.NONE.by("caller " + i % 3);
                answers.add(i % 2 == 0 ? service.submit(Samples.speech(i % 3), options) : service.submit(Samples.waveform(i % 3), options));
            }
            assertThat(answers.get(0).join().seconds()).isGreaterThan(0.5);
        }
        for (int i = 0; i < 12; i++) {
            assertThat(answers.get(i).join().text()).isEqualTo(TEXTS.get(i % 3));
        }
        ServiceReport report = service.report();
        assertThat(report.submitted()).isEqualTo(12);
        assertThat(report.answered()).isEqualTo(12);
        assertThat(report.largestBatchSeconds()).isLessThanOrEqualTo(5);
        assertThat(report.devices().get(0).measuredPeak()).isEqualTo(report.devices().get(0).plannedPeak()).isPositive();
        assertThat(report.toText()).contains("answered 12");
    }

    @Test
    void whatCannotBeUsedFailsAlone(@TempDir Path folder) throws InterruptedException, IOException {
        Path broken = Files.writeString(folder.resolve("broken.wav"), "RIFF and nothing more");
        try (RecognizerService service = service().build()) {
            CompletableFuture<Transcript> good = service.submit(Samples.waveform(0));
            CompletableFuture<Transcript> poisoned = service.submit(new float[] {0.5f, Float.NaN});
            CompletableFuture<Transcript> refused = service.submit(broken);
            CompletableFuture<Transcript> silent = service.submit(new float[16_000]);
            CompletableFuture<Transcript> empty = service.offer(new float[0], RequestOptions.NONE).orElseThrow();
            assertThat(good.join().text()).isEqualTo("six");
            assertThat(error(poisoned)).isInstanceOf(AudioException.class).hasMessageContaining("NaN");
            assertThat(error(refused)).isInstanceOf(AudioException.class).hasMessageContaining("broken.wav");
            assertThat(silent.join().text()).isEmpty();
            assertThat(silent.join().seconds()).isEqualTo(1);
            assertThat(empty.join().text()).isEmpty();
        }
    }

    @Test
    void lateOrCancelledRequestsAreAnsweredAtOnce() throws InterruptedException {
        RecognizerService service = service().batchSeconds(1).queueSeconds(2).build();
        CompletableFuture<Transcript> cancelled;
        CompletableFuture<Transcript> late;
        CompletableFuture<Transcript> inTime;
        try (service) {
            RequestOptions soon = RequestOptions.NONE.within(Duration.ofNanos(1));
            late = service.submit(Samples.waveform(7), soon);
            cancelled = service.submit(Samples.waveform(7));
            cancelled.cancel(true);
            inTime = service.submit(Samples.waveform(0), RequestOptions.NONE.within(Duration.ofDays(100_000)));
            while (service.offer(Samples.waveform(7), RequestOptions.NONE).isPresent()) {
                // until it is full
            }
            assertThat(error(service.submit(Samples.waveform(7), soon))).as("no room within its deadline").isInstanceOf(DeadlineException.class);
        }
        assertThat(error(late)).isInstanceOf(DeadlineException.class).hasMessageContaining("not answered within");
        assertThat(cancelled).isCancelled();
        assertThat(inTime.join().text()).isEqualTo("six");
        ServiceReport report = service.report();
        assertThat(report.overdue()).isEqualTo(2);
        assertThat(report.cancelled()).isEqualTo(1);
        assertThat(report.submitted()).isEqualTo(report.answered() + 3);
        assertThatIllegalArgumentException().isThrownBy(() -> RequestOptions.NONE.within(Duration.ZERO));
    }

    @Test
    void afterCloseThereIsNoNewWork() throws InterruptedException {
        RecognizerService service = service().build();
        CompletableFuture<Transcript> before = service.submit(Samples.waveform(1));
        service.close();
        service.close();
        assertThat(before.join().text()).isEqualTo("two three");
        for (float[] samples : List.of(Samples.waveform(0), new float[10])) {
            assertThatIllegalStateException().isThrownBy(() -> service.submit(samples)).withMessageContaining("closed");
            assertThatIllegalStateException().isThrownBy(() -> service.offer(samples, RequestOptions.NONE)).withMessageContaining("closed");
        }
    }

    @Test
    void anAnswerMayCloseTheService() throws InterruptedException {
        RecognizerService service = service().build();
        CompletableFuture<Void> closed = service.submit(Samples.waveform(0)).thenRun(service::close);
        closed.join();
        assertThatIllegalStateException().isThrownBy(() -> service.submit(Samples.waveform(0)));
    }

    @Test
    void shutdownNowCancels() throws InterruptedException {
        RecognizerService service = service().batchSeconds(1).build();
        List<CompletableFuture<Transcript>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(service.submit(Samples.waveform(0)));
        }
        service.shutdownNow();
        assertThat(answers).allMatch(CompletableFuture::isDone).anyMatch(CompletableFuture::isCancelled)
                .allMatch(answer -> answer.isCancelled() || answer.join().text().equals("six"));
        ServiceReport report = service.report();
        assertThat(report.answered() + report.cancelled()).isEqualTo(20);
        assertThat(report.waiting() + report.inFlight()).isZero();
    }

    @Test
    void twoDevicesWorkBehindOneQueue() throws InterruptedException {
        List<CompletableFuture<Transcript>> answers = new ArrayList<>();
        RecognizerService service = service().devices(twoDevices()).batchSeconds(3).build();
        try (service) {
            for (int i = 0; i < 30; i++) {
                answers.add(service.submit(Samples.waveform(i % 3)));
            }
        }
        for (int i = 0; i < 30; i++) {
            assertThat(answers.get(i).join().text()).isEqualTo(TEXTS.get(i % 3));
        }
        assertThat(service.devices()).containsExactly(DeviceSpec.parse("soft:0"), DeviceSpec.parse("soft:1"));
        assertThat(service.report().devices()).allMatch(device -> device.plannedPeak() > 0).allMatch(device -> device.loss().isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"cuLaunchKernel, 40, 719", "cuStreamSynchronize, 2, 700"})
    void whatALostDeviceHadIsDoneByTheOther(String entry, int nth, int code) throws InterruptedException {
        List<CompletableFuture<Transcript>> answers = new ArrayList<>();
        RecognizerService service = service().devices(twoDevices()).batchSeconds(3).build();
        try (service) {
            SoftDevice.failCall(entry, nth, code);
            for (int i = 0; i < 30; i++) {
                answers.add(service.submit(Samples.waveform(i % 3)));
            }
        }
        for (int i = 0; i < 30; i++) {
            assertThat(answers.get(i).join().text()).isEqualTo(TEXTS.get(i % 3));
        }
        List<String> losses = service.report().devices().stream().map(ServiceReport.Device::loss).filter(loss -> !loss.isEmpty()).toList();
        assertThat(losses).hasSize(1).allMatch(loss -> loss.matches("the device soft:[01] failed .*"));
        assertThat(service.report().toText()).contains("lost: the device soft:");
        LIVE.forEach(what -> assertThat(SoftDevice.live(what)).as(what).isZero());
    }

    @Test
    void withoutAnyDeviceAllFailAndSayWhy() throws InterruptedException {
        onTheSoftwareDevice();
        List<CompletableFuture<Transcript>> answers = new ArrayList<>();
        try (RecognizerService service = service().devices("soft:0").batchSeconds(1).build()) {
            SoftDevice.failCall("cuLaunchKernel", 5, 700);
            for (int i = 0; i < 10; i++) {
                answers.add(service.submit(Samples.waveform(0)));
            }
            answers.forEach(answer -> assertThat(error(answer)).isInstanceOf(RecognitionException.class).hasMessageContaining("the device soft:0 failed"));
            assertThat(error(service.submit(Samples.waveform(0)))).hasMessageContaining("the device soft:0 failed");
        }
        LIVE.forEach(what -> assertThat(SoftDevice.live(what)).as(what).isZero());
    }

    /** Every so manyth call of the driver fails, in the loading too: right texts or clear errors, each request answered, nothing left. */
    @ParameterizedTest
    @CsvSource({"2, 89", "1, 97", "719, 131"})
    void oneCallOfTheDriverFails(int code, int step) throws InterruptedException {
        onTheSoftwareDevice();
        long calls = Long.MAX_VALUE;
        int texts = 0;
        int errors = 0;
        for (long nth = 0; nth < calls; nth += step) {
            long before = SoftDevice.calls(null);
            if (nth > 0) {
                SoftDevice.failCall(null, nth, code);
            }
            List<CompletableFuture<Transcript>> answers = new ArrayList<>();
            RecognizerService service = null;
            try {
                service = service().devices("soft:0").batchSeconds(2).build();
                for (int i = 0; i < 4; i++) {
                    answers.add(service.submit(Samples.waveform(0)));
                }
                service.close();
            } catch (CudaException e) {
                assertThat(e).hasMessageContaining("failed");
            }
            SoftDevice.clearFailures();
            if (nth == 0) {
                calls = SoftDevice.calls(null) - before;
            }
            for (CompletableFuture<Transcript> answer : answers) {
                assertThat(answer).as("after call %d of %d failed", nth, calls).isDone();
                if (answer.isCompletedExceptionally()) {
                    assertThat(error(answer)).isInstanceOf(RecognitionException.class);
                    errors++;
                } else {
                    assertThat(answer.join().text()).isEqualTo("six");
                    texts++;
                }
            }
            LIVE.forEach(what -> assertThat(SoftDevice.live(what)).as(what).isZero());
        }
        System.out.println("service, one of " + calls + " driver calls failing with " + code + ": " + texts + " texts, " + errors + " errors");
        assertThat(texts).isGreaterThan(4);
    }

    /** Nothing is divided by the ladder: batches are chosen so that they fit, and grow back. */
    @Test
    void batchesShrinkToTheMemoryThatThereIsAndGrowBack() throws InterruptedException {
        float[] samples = Samples.waveform(7);
        try (RecognizerService service = service().batchSeconds(60).memoryLimit("1GiB").build()) {
            long weights = service.report().devices().get(0).memory().held();
            List<String> whole = texts(service, samples, 12);
            assertThat(service.report().devices().get(0).shrunk()).isZero();
            long held = service.report().devices().get(0).memory().held();

            service.memoryLimit(MemoryLimit.parse(Long.toString((weights + held) / 2)));
            assertThat(texts(service, samples, 12)).isEqualTo(whole);
            ServiceReport.Device small = service.report().devices().get(0);
            assertThat(small.shrunk()).isPositive();
            assertThat(small.batchSeconds()).isLessThan(60);
            assertThat(small.memory().held()).isLessThanOrEqualTo((weights + held) / 2);
            assertThat(small.memory().counts().get(MemoryCounter.SPLIT)).isZero();

            service.memoryLimit(MemoryLimit.parse("1GiB"));
            int rounds = 0;
            while (service.report().devices().get(0).batchSeconds() < 60) {
                assertThat(texts(service, Samples.waveform(0), 1)).containsExactly("six");
                assertThat(++rounds).isLessThan(100);
            }
            assertThat(service.report().devices().get(0).grown()).isPositive();
        }
    }

    /** Without any limit: the device's free memory is shared with whoever uses it. */
    @Test
    void whatOthersTakeOfTheDeviceIsNotCountedOn() throws InterruptedException {
        onTheSoftwareDevice();
        float[] samples = Samples.waveform(7);
        try (RecognizerService service = service().devices("soft:0").batchSeconds(60).build(); CudaContext other = CudaContext.open(DeviceSpec.parse("soft:0"))) {
            String alone = service.submit(samples).join().text();
            long splits = service.report().devices().get(0).memory().counts().get(MemoryCounter.SPLIT);
            try (PhysicalChunk taken = new PhysicalChunk(other, other.memoryInfo().free() / CHUNK * CHUNK - CHUNK)) {
                assertThat(taken.size()).isPositive();
                assertThat(texts(service, samples, 16)).containsOnly(alone);
                ServiceReport.Device small = service.report().devices().get(0);
                assertThat(small.shrunk()).isPositive();
                assertThat(small.memory().counts().get(MemoryCounter.SPLIT)).isEqualTo(splits);
            }
            while (service.report().devices().get(0).batchSeconds() < 60) {
                assertThat(texts(service, Samples.waveform(0), 1)).containsOnly("six");
            }
        }
    }

    @Test
    void aLoweredLimitTakesMemoryBackFromAnIdleService() throws InterruptedException {
        try (RecognizerService service = service().memoryLimit("1GiB").build()) {
            MemoryReport before = service.report().devices().get(0).memory();
            texts(service, Samples.waveform(7), 8);
            assertThat(service.report().devices().get(0).memory().held()).isGreaterThan(before.held());
            service.memoryLimit(MemoryLimit.parse(Long.toString(before.held())));
            while (service.report().devices().get(0).memory().held() > before.held()) {
                Thread.sleep(1);
            }
            assertThat(error(service.submit(Samples.waveform(0)))).isInstanceOf(RecognitionException.class).hasMessageContaining("MiB of device memory");
            service.memoryLimit(MemoryLimit.parse("50%"));
            assertThat(service.submit(Samples.waveform(0)).join().text()).isEqualTo("six");
        }
    }

    private static List<String> texts(RecognizerService service, float[] samples, int count) throws InterruptedException {
        List<CompletableFuture<Transcript>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            answers.add(service.submit(samples));
        }
        return answers.stream().map(answer -> answer.join().text()).toList();
    }

    @Test
    void wrongSettingsAreToldAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> service().devices("soft:0, soft:0").build()).withMessageContaining("named twice");
        assertThatIllegalArgumentException().isThrownBy(() -> service().devices("soft:0,").build()).withMessageContaining("is no device");
        assertThatIllegalArgumentException().isThrownBy(() -> service().batchSeconds(0));
        assertThatIllegalArgumentException().isThrownBy(() -> service().queueSeconds(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> service().memoryLimit("0%"));
        assertThatIllegalStateException().isThrownBy(() -> RecognizerService.builder().build()).withMessageContaining("needs a model");
    }

    @Test
    void aDeviceThatIsNotThereLeavesNothingOpen() {
        onTheSoftwareDevice();
        assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> service().devices("soft:0,soft:77").build());
        LIVE.forEach(what -> assertThat(SoftDevice.live(what)).as(what).isZero());
    }
}
