package dev.parasol.pipeline;

import dev.parasol.audio.AudioException;
import dev.parasol.cuda.DeviceSpec;
import dev.parasol.memory.MemoryLimit;
import dev.parasol.model.Precision;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelConfig;
import dev.parasol.weights.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Speech recognition for many callers at once: one queue, and behind it a recognizer on each device.
 *
 * <pre>{@code
 * try (RecognizerService service = RecognizerService.builder().model("path/to/folder").devices("cuda:0,cuda:1").build()) {
 *     CompletableFuture<Transcript> answer = service.submit(Path.of("speech.wav"));
 *     System.out.println(answer.join().text());
 * }
 * }</pre>
 *
 * <p>Requests of all callers are batched together, as many as {@link Builder#batchSeconds} and memory admit; no result depends on what it is
 * batched with, to the bit on one kind of device. Callers have fair turns, the oldest request of each first. {@code submit} waits while the
 * queue is full. A request that is cancelled, or misses its deadline, leaves the queue; one that a device has already is finished and
 * its result thrown away.
 *
 * <p>Every request is answered exactly once: with its transcript, or exceptionally with {@link AudioException} (a recording that cannot be
 * used), {@link RecognitionException} (it does not fit into memory, or no device is left), {@link DeadlineException} or {@link CancellationException}.
 * A device that fails is taken out, and what it had goes to the others, once; {@link #report} says so.
 *
 * <p>Batches shrink when memory is short and grow back when it returns; see {@link #memoryLimit}. Transcripts are completed on a thread of
 * the service, one after another: what depends on them should be short, or asynchronous. Thread-safe.
 */
public final class RecognizerService implements AutoCloseable {
    private final UtteranceQueue queue;
    private final ServiceCallers callers;
    private final List<ServiceReplica> replicas = new ArrayList<>();
    private final ServiceAnswers answers = new ServiceAnswers(read -> transcript(read.utterance(), read.fileSeconds(), read.warnings()));

    private RecognizerService(Builder settings, List<Recognizer> recognizers) {
        queue = new UtteranceQueue(settings.batchSeconds, settings.queueSeconds);
        callers = new ServiceCallers(queue);
        recognizers.forEach(recognizer -> replicas.add(new ServiceReplica(recognizer, queue, settings.batchSeconds)));
        replicas.forEach(ServiceReplica::start);
    }

    /** Settings of a new service; it needs a model at least. */
    public static Builder builder() {
        return new Builder();
    }

    /** {@link #submit(float[], RequestOptions)} without options. */
    public CompletableFuture<Transcript> submit(float[] samples) throws InterruptedException {
        return submit(samples, RequestOptions.NONE);
    }

    /**
     * Recognises samples: mono, 16 kHz, full scale -1 … 1. They must not be changed until the answer is there. Waits while the queue is full, until
     * the deadline at the most.
     *
     * @throws InterruptedException when the thread was interrupted while it waited; the request was not made then
     * @throws IllegalStateException after {@link #close}
     */
    public CompletableFuture<Transcript> submit(float[] samples, RequestOptions options) throws InterruptedException {
        return submit(samples(samples), options);
    }

    /** {@link #submit(Path, RequestOptions)} without options. */
    public CompletableFuture<Transcript> submit(Path file) throws InterruptedException {
        return submit(file, RequestOptions.NONE);
    }

    /**
     * Reads a file in the calling thread and recognises it as one utterance, so the whole of it is held in memory. Otherwise like
     * {@link #submit(float[], RequestOptions)}.
     */
    public CompletableFuture<Transcript> submit(Path file, RequestOptions options) throws InterruptedException {
        return submit(FileRead.of(file), options);
    }

    /** {@link #submit(float[], RequestOptions)} without waiting: empty when the queue is full. */
    public Optional<CompletableFuture<Transcript>> offer(float[] samples, RequestOptions options) {
        FileRead read = samples(samples);
        if (read.error() != null) {
            return Optional.of(answers.refused(read.error()));
        }
        return queued(read, options, caller -> caller.offer(read.utterance()));
    }

    private static FileRead samples(float[] samples) {
        try {
            Utterance utterance = new Utterance(samples);
            return new FileRead(null, utterance, utterance.seconds(), List.of(), null);
        } catch (AudioException e) {
            return new FileRead(null, null, 0, List.of(), e);
        }
    }

    private CompletableFuture<Transcript> submit(FileRead read, RequestOptions options) throws InterruptedException {
        if (read.error() != null) {
            return answers.refused(read.error());
        }
        Optional<CompletableFuture<Transcript>> answer = queued(read, options, caller -> caller.submit(read.utterance(), options.nanos()));
        return answer.isPresent() ? answer.get() : answers.late(options);
    }

    /** How an utterance gets into the queue; empty when it does not. */
    private interface Submission<E extends Exception> {
        Optional<CompletableFuture<Utterance>> by(UtteranceQueue.Caller caller) throws E;
    }

    private <E extends Exception> Optional<CompletableFuture<Transcript>> queued(FileRead read, RequestOptions options, Submission<E> submission) throws E {
        long begun = System.nanoTime();
        UtteranceQueue.Caller caller = callers.begin(options.caller());
        Optional<CompletableFuture<Utterance>> queued = Optional.empty();
        try {
            queued = submission.by(caller);
        } finally {
            if (queued.isEmpty()) {
                callers.finished(options.caller());
            }
        }
        return queued.map(future -> answers.answer(read, future, options, options.nanos() - (System.nanoTime() - begun),
                () -> callers.finished(options.caller())));
    }

    /** A caller who submits utterances to the queue directly, and is told on the device's thread. */
    UtteranceQueue.Caller open(boolean bulk) {
        return queue.open(bulk);
    }

    /** The first device's. */
    Recognizer firstRecognizer() {
        return replicas.get(0).recognizer();
    }

    Transcript transcript(Utterance utterance, double seconds, List<String> warnings) {
        return replicas.get(0).recognizer().transcript(utterance, seconds, warnings);
    }

    /**
     * Sets what each device may hold from now on, weights included. Where less is held at once, activations are given back before the
     * next batch, and batches shrink to what fits; where more may be held they grow again. Without {@link Builder#memoryLimit} the limit is that of all
     * in this process that share a device without a limit of their own.
     */
    public void memoryLimit(MemoryLimit limit) {
        replicas.forEach(replica -> replica.memoryLimit(limit));
        queue.wake();
    }

    /** The devices, lost ones included. */
    public List<DeviceSpec> devices() {
        return replicas.stream().map(ServiceReplica::device).toList();
    }

    /** The model's configuration. */
    public ModelConfig config() {
        return replicas.get(0).recognizer().config();
    }

    /** The precision of the weights and of what they are multiplied with. */
    public LinearSchemes schemes() {
        return replicas.get(0).recognizer().schemes();
    }

    /** Sentences for the user about the model. */
    public List<String> notices() {
        return replicas.get(0).recognizer().notices();
    }

    /** What has been done so far, and what is held and waits now. */
    public ServiceReport report() {
        return answers.report(queue.report(), replicas.stream().map(ServiceReplica::report).toList());
    }

    /** Takes no new requests, waits until all are answered, and releases the devices. Idempotent. */
    @Override
    public void close() {
        queue.close();
        RuntimeException failure = null;
        for (ServiceReplica replica : replicas) {
            RuntimeException closing = replica.join();
            failure = failure == null ? closing : failure;
        }
        if (!answers.answering()) {
            callers.awaitNone();
        }
        answers.close();
        if (failure != null) {
            throw failure;
        }
    }

    /** Cancels all requests that are not answered yet, then closes; waits only for the batches that are running. */
    public void shutdownNow() {
        queue.cancelAll();
        close();
    }

    /** Settings of a service; everything but the model has a default. Not thread-safe. */
    public static final class Builder {
        private static final double DEFAULT_BATCH_SECONDS = 300;
        private static final int QUEUED_BATCHES = 4;

        private final List<Consumer<Recognizer.Builder>> settings = new ArrayList<>();
        private String devices;
        private double batchSeconds = DEFAULT_BATCH_SECONDS;
        private double queueSeconds;

        private Builder() {}

        private Builder with(Consumer<Recognizer.Builder> setting) {
            setting.accept(Recognizer.builder());    // so that what is wrong is told at once
            settings.add(setting);
            return this;
        }

        /** A FunASR model folder, or a synthetic model such as {@code synth:paraformer-large}. */
        public Builder model(String folderOrSynthetic) {
            return with(recognizer -> recognizer.model(folderOrSynthetic));
        }

        /** Devices such as {@code cuda:0,cuda:1}, each of which has the model; null for the one that {@code PARASOL_DEVICE} or the machine decides, which is the default. */
        public Builder devices(String list) {
            devices = list;
            return this;
        }

        /** See {@link Recognizer.Builder#precision(Precision)}. */
        public Builder precision(Precision value) {
            return with(recognizer -> recognizer.precision(value));
        }

        /** See {@link Recognizer.Builder#precision(LinearSchemes)}. */
        public Builder precision(LinearSchemes value) {
            return with(recognizer -> recognizer.precision(value));
        }

        /** See {@link Recognizer.Builder#keepLayers(LayerMask)}. */
        public Builder keepLayers(LayerMask mask) {
            return with(recognizer -> recognizer.keepLayers(mask));
        }

        /** The most memory of each device that the service may hold; see {@link RecognizerService#memoryLimit}. */
        public Builder memoryLimit(MemoryLimit limit) {
            return with(recognizer -> recognizer.memoryLimit(limit));
        }

        /** {@link #memoryLimit(MemoryLimit)} of a size such as {@code 1GiB} or a share of each device such as {@code 50%}. */
        public Builder memoryLimit(String limit) {
            return memoryLimit(MemoryLimit.parse(limit));
        }

        /** The most audio in one batch, in seconds; a longer recording is a batch of its own. 300 by default. */
        public Builder batchSeconds(double seconds) {
            with(recognizer -> recognizer.batchSeconds(seconds));
            batchSeconds = seconds;
            return this;
        }

        /** The most audio that waits, in seconds, two batches at least; beyond that {@code submit} waits. Four batches for each device by default. */
        public Builder queueSeconds(double seconds) {
            if (!(seconds > 0)) {
                throw new IllegalArgumentException("a queue of " + seconds + " seconds");
            }
            queueSeconds = seconds;
            return this;
        }

        /** Is told of the progress of loading, device after device. */
        public Builder progress(Progress listener) {
            return with(recognizer -> recognizer.progress(listener));
        }

        /** What is wanted of each device's recognizer beside its device. */
        Builder recognizer(Consumer<Recognizer.Builder> setting) {
            return with(setting);
        }

        /**
         * Opens the devices and loads the model on each; nothing stays behind when that fails.
         *
         * @throws IllegalArgumentException when the devices are none, see {@link DeviceSpec#parseList}
         * @throws dev.parasol.weights.ModelException when the model cannot be used
         * @throws dev.parasol.memory.DeviceMemoryExhausted when the weights do not fit
         * @throws dev.parasol.cuda.CudaException when a device fails
         */
        public RecognizerService build() {
            List<Recognizer> recognizers = new ArrayList<>();
            try {
                for (DeviceSpec device : devices == null ? List.of(DeviceSpec.select(null)) : DeviceSpec.parseList(devices)) {
                    Recognizer.Builder builder = Recognizer.builder().device(device.toString());
                    settings.forEach(setting -> setting.accept(builder));
                    recognizers.add(builder.build());
                }
                queueSeconds = queueSeconds > 0 ? queueSeconds : QUEUED_BATCHES * batchSeconds * recognizers.size();
                return new RecognizerService(this, recognizers);
            } catch (RuntimeException e) {
                recognizers.forEach(recognizer -> ModelLoad.closeAfter(e, recognizer));
                throw e;
            }
        }
    }
}
