package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.audio.AudioReader;
import dev.parasol.testing.Samples;
import dev.parasol.testing.Shared;
import dev.parasol.testing.WavFiles;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recording with pauses, again and again: memory of host and device does not depend on how long that goes on. */
class LongFileTest {
    private static final int RATE = 16_000;
    private static final long MOST_HEAP = 512L << 20;
    /** What counting the heap may be off by, texts included. */
    private static final long SLACK = 24L << 20;
    private static final long CHUNK = 2L << 20;

    @TempDir
    Path folder;

    /** {@code seconds} of the recording, 16 bits, 16 kHz. */
    private Path repeated(String name, int seconds) throws IOException {
        float[] once = AudioReader.read(Shared.path("audio/digits/long-0.wav")).samples();
        ByteBuffer block = WavFiles.put(ByteBuffer.allocate(2 * once.length), once);
        Path file = folder.resolve(name);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.write(WavFiles.header((long) seconds * RATE));
            for (long left = 2L * seconds * RATE; left > 0; left -= block.limit()) {
                block.position(0).limit((int) Math.min(left, block.capacity()));
                out.write(block);
            }
        }
        return file;
    }

    /** What is alive and held, minute by minute of the recording. */
    private static final class Watch implements TranscriptionListener {
        private final SpeechTranscriber transcriber;
        private final List<Long> heap = new ArrayList<>();
        private final List<Long> device = new ArrayList<>();
        private final int everyMinutes;
        private int segments;

        Watch(SpeechTranscriber transcriber, int everyMinutes) {
            this.transcriber = transcriber;
            this.everyMinutes = everyMinutes;
        }

        @Override
        public void segment(Path file, TranscriptSegment segment) {
            segments++;
            if (segment.endMs() > 60_000L * everyMinutes * (heap.size() + 1)) {
                System.gc();
                heap.add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
                device.add(transcriber.report().devices().get(0).memory().held());
            }
        }

        @Override
        public void finished(FileResult result, int finished, int total) {}

        void check(String what) {
            System.out.println(what + ": " + segments + " segments, heap after collection, MiB: " + heap.stream().map(bytes -> bytes >> 20).toList()
                    + ", device, MiB: " + device.stream().map(bytes -> bytes >> 20).toList());
            assertThat(heap).hasSizeGreaterThan(3).allMatch(bytes -> bytes < MOST_HEAP);
            assertThat(heap.get(heap.size() - 1)).isLessThan(heap.get(0) + SLACK);
            assertThat(device.get(device.size() - 1)).isLessThanOrEqualTo(device.get(0) + CHUNK);
        }
    }

    private static SpeechTranscriber transcriber() {
        return SpeechTranscriber.builder().model(Samples.model()).vadModel(Shared.path("models/fsmn-vad").toString()).build();
    }

    @Test
    void tenMinutesAreHeldInNoMemoryThatGrows() throws IOException {
        long begun = System.nanoTime();
        try (SpeechTranscriber transcriber = transcriber()) {
            Watch watch = new Watch(transcriber, 1);
            Transcript transcript = transcriber.transcribe(List.of(repeated("ten-minutes.wav", 600)), watch).get(0).orThrow();
            watch.check(String.format("ten minutes in %.1f s", (System.nanoTime() - begun) * 1e-9));
            assertThat(transcript.seconds()).isEqualTo(600);
            assertThat(transcript.text().split(" ")).hasSizeGreaterThan(500);
        }
    }

    @Tag("soak")
    @Test
    void threeHoursAreHeldInNoMemoryThatGrows() throws IOException {
        try (SpeechTranscriber transcriber = transcriber()) {
            Watch watch = new Watch(transcriber, 10);
            transcriber.transcribe(List.of(repeated("three-hours.wav", 3 * 3600)), watch).get(0).orThrow();
            watch.check("three hours");
        }
    }

    @Tag("soak")
    @Test
    void eightCallersTakeNoMoreThanTheirShareEach() throws IOException {
        Path file = repeated("half-an-hour.wav", 1800);
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try (SpeechTranscriber transcriber = transcriber()) {
            Watch watch = new Watch(transcriber, 5);
            List<CompletableFuture<String>> texts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                TranscriptionListener listener = i == 0 ? watch : TranscriptionListener.NONE;
                texts.add(CompletableFuture.supplyAsync(() -> transcriber.transcribe(List.of(file), listener).get(0).orThrow().text(), callers));
            }
            String first = texts.get(0).join();
            texts.forEach(text -> assertThat(text.join()).isEqualTo(first));
            watch.check("half an hour by eight callers");
        } finally {
            callers.shutdown();
        }
    }
}
