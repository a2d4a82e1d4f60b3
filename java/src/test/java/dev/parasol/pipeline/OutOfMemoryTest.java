package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryCounter;
import dev.parasol.memory.MemoryReport;
import dev.parasol.testing.Samples;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Too little memory is an ordinary answer: smaller batches with the same text, and an error for what cannot fit alone. */
class OutOfMemoryTest {
    private static final long CHUNK = 2 << 20;
    private static final int WAV_HEADER = 44;
    private static final int WAV_BYTES_PER_SECOND = 32_000;

    /** Half a minute. */
    private static List<Path> speech() {
        List<Path> files = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            for (int number : new int[] {0, 1, 2, 4, 7, 12, 15}) {
                files.add(Samples.speech(number));
            }
        }
        return files;
    }

    /** A recording over and over, as one file of a minute. */
    private static Path oneMinute(Path folder) throws IOException {
        byte[] data = Arrays.copyOfRange(Files.readAllBytes(Samples.speech(7)), WAV_HEADER, 60 * WAV_BYTES_PER_SECOND / 10);
        ByteBuffer wav = ByteBuffer.allocate(WAV_HEADER + 10 * data.length).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes()).putInt(wav.capacity() - 8).put("WAVEfmt ".getBytes()).putInt(16).putShort((short) 1).putShort((short) 1)
                .putInt(16_000).putInt(WAV_BYTES_PER_SECOND).putShort((short) 2).putShort((short) 16).put("data".getBytes()).putInt(10 * data.length);
        for (int i = 0; i < 10; i++) {
            wav.put(data);
        }
        return Files.write(folder.resolve("minute.wav"), wav.array());
    }

    private static List<String> texts(List<FileResult> results) {
        return results.stream().map(result -> result.orThrow().text()).toList();
    }

    @Test
    void aBatchThatDoesNotFitIsDivided() {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer recognizer = Recognizer.builder().model(Samples.model()).budget(budget).build()) {
            List<String> expected = texts(recognizer.transcribe(speech()));
            assertThat(budget.count(MemoryCounter.SPLIT)).isZero();
            recognizer.session().model().trim();
            budget.limitTo(budget.used() + CHUNK);

            assertThat(texts(recognizer.transcribe(speech()))).isEqualTo(expected);
            assertThat(budget.count(MemoryCounter.SPLIT)).isPositive();
            assertThat(budget.used()).isLessThanOrEqualTo(budget.limit());
        }
    }

    @Test
    void whatCannotFitAloneFailsAloneAndSaysWhatItNeeds(@TempDir Path folder) throws IOException {
        Budget budget = Budget.ofBytes(Long.MAX_VALUE);
        try (Recognizer recognizer = Recognizer.builder().model(Samples.model()).budget(budget).build()) {
            budget.limitTo(budget.used() + CHUNK);
            List<Path> files = List.of(speech().get(0), oneMinute(folder), speech().get(1));
            List<FileResult> results = recognizer.transcribe(files);
            assertThat(results.get(0).orThrow().text()).isEqualTo("six");
            assertThat(results.get(2).orThrow().text()).isEqualTo("two three");
            RuntimeException error = results.get(1).error().orElseThrow();
            System.out.println(error.getMessage());
            assertThat(error).isInstanceOf(RecognitionException.class);
            assertThat(error.getMessage()).matches(".*minute\\.wav: 60\\.\\d s of audio need \\d+\\.\\d MiB of device memory .*, but there are 2\\.0 MiB .*"
                    + "largest holders: digits-tiny: weights/.*");
            assertThat(budget.count(MemoryCounter.EXHAUSTED)).isEqualTo(1);
            assertThat(budget.count(MemoryCounter.ALONE)).isEqualTo(1);
            assertThat(recognizer.transcribe(speech().get(2)).text()).isEqualTo("five five seven");
        }
    }

    @Test
    void aShareOfTheDeviceIsALimit() {
        try (Recognizer recognizer = Recognizer.builder().model(Samples.model()).memoryLimit("50%").build()) {
            MemoryReport report = recognizer.memoryReport();
            assertThat(report.limit()).isEqualTo(report.deviceTotal() / 2);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Recognizer.builder().memoryLimit("0%")).withMessageContaining("'0%'");
    }
}
