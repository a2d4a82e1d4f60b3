package dev.parasol.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parasol.audio.AudioException;
import dev.parasol.memory.MemoryLimit;
import dev.parasol.testing.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random mixes of requests from several callers on two devices: lengths from 0.1 s on, cancellations, deadlines, poisoned recordings and
 * a memory limit that changes on the way. Every request is answered exactly once, with the text that it has when it is run alone.
 */
class ServiceMixTest {
    private static final int RATE = 16_000;
    private static final int CALLERS = 8;

    /** Recordings of one length each, from speech over and over, and their texts when nothing else is there. */
    private record Pool(List<float[]> samples, List<Transcript> alone) {
        static Pool of(Random random, double... seconds) {
            List<float[]> samples = Arrays.stream(seconds).mapToObj(length -> speech(random, (int) (length * RATE))).toList();
            try (Recognizer recognizer = Recognizer.builder().model(Samples.model()).device("soft:0").build()) {
                return new Pool(samples, samples.stream().map(recognizer::transcribe).toList());
            }
        }

        private static float[] speech(Random random, int length) {
            int[] numbers = {0, 1, 2, 4, 7, 12, 15};
            float[] samples = new float[length];
            int at = 0;
            while (at < length) {
                float[] part = Samples.waveform(numbers[random.nextInt(numbers.length)]);
                int count = Math.min(part.length, length - at);
                System.arraycopy(part, 0, samples, at, count);
                at += count;
            }
            return samples;
        }
    }

    @Test
    void aHundredRequests(@TempDir Path folder) throws InterruptedException, IOException {
        mix(100, Pool.of(new Random(1), 0.1, 0.3, 0.5, 0.7, 1, 1.3, 2, 3, 4, 6, 9, 120), 150, folder, 1);
    }

    @Tag("soak")
    @Test
    void aThousandRequests(@TempDir Path folder) throws InterruptedException, IOException {
        Random random = new Random(2);
        double[] lengths = new double[40];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = 0.1 * Math.pow(1200, i / (lengths.length - 1.0));    // 0.1 s to 120 s
        }
        mix(1000, Pool.of(random, lengths), 300, folder, 2);
    }

    private static void mix(int requests, Pool pool, double batchSeconds, Path folder, long seed) throws InterruptedException, IOException {
        Path broken = Files.writeString(folder.resolve("broken.flac"), "fLaC, but no");
        AtomicInteger next = new AtomicInteger();
        AtomicInteger completions = new AtomicInteger();
        AtomicInteger[] kinds = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
        ConcurrentLinkedQueue<Throwable> faults = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<CompletableFuture<Transcript>> answers = new ConcurrentLinkedQueue<>();
        RecognizerService service = RecognizerServiceTest.service().devices(RecognizerServiceTest.twoDevices()).batchSeconds(batchSeconds)
                .memoryLimit("1GiB").build();
        // Room for the longest one alone, and no more.
        long weights = service.report().devices().get(0).memory().held();
        float[] longest = pool.samples().get(pool.samples().size() - 1);
        service.submit(longest).join();
        long low = service.report().devices().stream().mapToLong(device -> device.memory().held()).max().orElseThrow();
        assertThat(low).isGreaterThan(weights);
        service.memoryLimit(MemoryLimit.parse(Long.toString(low)));
        AtomicBoolean done = new AtomicBoolean();
        Thread limits = new Thread(() -> {
            Random random = new Random(seed);
            while (!done.get()) {
                try {
                    Thread.sleep(random.nextInt(100));
                } catch (InterruptedException e) {
                    return;
                }
                if (service.report().batches() > 4) {
                    service.memoryLimit(MemoryLimit.parse(Long.toString(random.nextBoolean() ? low : 16 * low)));
                }
            }
        });
        limits.start();
        List<Thread> callers = new ArrayList<>();
        for (int c = 0; c < CALLERS; c++) {
            Random random = new Random(seed * 100 + c);
            String name = "caller " + c % 5;
            callers.add(new Thread(() -> {
                try {
                    while (next.getAndIncrement() < requests) {
                        // Long ones seldom: of two draws the shorter.
                        int which = Math.min(random.nextInt(pool.samples().size()), random.nextInt(pool.samples().size()));
                        RequestOptions options = RequestOptions.NONE.by(name);
                        int kind = random.nextInt(10);
                        CompletableFuture<Transcript> answer;
                        switch (kind) {
                            case 0 -> {
                                float[] poisoned = pool.samples().get(which).clone();
                                poisoned[random.nextInt(poisoned.length)] = random.nextBoolean() ? Float.NaN : Float.POSITIVE_INFINITY;
                                answer = service.submit(poisoned, options);
                            }
                            case 1 -> answer = service.submit(broken, options);
                            case 2 -> answer = service.submit(pool.samples().get(which), options.within(Duration.ofNanos(1 + random.nextInt(20_000_000))));
                            default -> answer = service.submit(pool.samples().get(which), options);
                        }
                        answers.add(answer);
                        answer.whenComplete((transcript, error) -> {
                            completions.incrementAndGet();
                            check(kind, transcript, error, pool.alone().get(which), kinds, faults);
                        });
                        if (kind == 3) {
                            Thread.sleep(random.nextInt(20));
                            answer.cancel(true);
                        }
                    }
                } catch (Throwable e) {
                    faults.add(e);
                }
            }));
        }
        callers.forEach(Thread::start);
        for (Thread caller : callers) {
            caller.join();
        }
        service.close();
        done.set(true);
        limits.join();
        assertThat(faults).isEmpty();
        assertThat(answers).hasSize(requests).allMatch(CompletableFuture::isDone);
        assertThat(completions.get()).isEqualTo(requests);
        ServiceReport report = service.report();
        System.out.println(report.toText());
        assertThat(report.answered()).isEqualTo(kinds[0].get() + 1);
        assertThat(report.failed()).isEqualTo(kinds[1].get()).isPositive();
        assertThat(report.cancelled()).isEqualTo(kinds[2].get());
        assertThat(report.overdue()).isEqualTo(kinds[3].get());
        assertThat(report.answered() + report.failed() + report.cancelled() + report.overdue()).isEqualTo(requests + 1);
        assertThat(report.answered()).isGreaterThan(requests / 2);
        assertThat(report.largestBatchSeconds()).isLessThanOrEqualTo(Math.max(batchSeconds, (double) longest.length / RATE));
    }

    private static void check(int kind, Transcript transcript, Throwable error, Transcript alone, AtomicInteger[] kinds, ConcurrentLinkedQueue<Throwable> faults) {
        boolean right;
        if (error == null) {
            kinds[0].incrementAndGet();
            right = kind > 1 && transcript.tokens().equals(alone.tokens()) && transcript.text().equals(alone.text());
        } else if (error instanceof CancellationException) {
            kinds[2].incrementAndGet();
            right = kind == 3;
        } else if (error instanceof DeadlineException) {
            kinds[3].incrementAndGet();
            right = kind == 2;
        } else {
            kinds[1].incrementAndGet();
            right = kind < 2 && error instanceof AudioException;
        }
        if (!right) {
            faults.add(new AssertionError("a request of kind " + kind + " was answered with " + transcript + ", " + error, error));
        }
    }
}
