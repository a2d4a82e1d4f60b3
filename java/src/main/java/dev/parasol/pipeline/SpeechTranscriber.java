package dev.parasol.pipeline;

import dev.parasol.audio.AudioStream;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryLimit;
import dev.parasol.model.Precision;
import dev.parasol.weights.LayerMask;
import dev.parasol.weights.LinearSchemes;
import dev.parasol.weights.ModelException;
import dev.parasol.weights.Progress;
import dev.parasol.weights.VadFolder;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Recordings of any length in, text out: they are read block by block, divided where a detector of voices finds pauses, recognised
 * in batches on one device or several, and put together again, with punctuation where that is asked for.
 *
 * <pre>{@code
 * try (SpeechTranscriber transcriber = SpeechTranscriber.builder().model("path/to/paraformer").vadModel("path/to/fsmn-vad").build()) {
 *     System.out.println(transcriber.transcribe(Path.of("meeting.wav")).text());
 * }
 * }</pre>
 *
 * <p>Host memory beside the texts is bounded by two batches of audio and a segment of each file that is being read, device memory by
 * one batch, whatever the recordings' lengths and number. Without a detector a recording that is longer than {@link
 * TranscribeOptions#thresholdSeconds} is divided into windows that overlap, at quiet places, and each word is told once.
 *
 * <p>Thread-safe: the segments of all callers are batched together, and callers have fair turns.
 *
 * <p>Errors: those of a file are in its {@link FileResult} and do not concern the others; {@link IllegalStateException} after {@link #close}.
 */
public final class SpeechTranscriber implements AutoCloseable {
    /** Samples that are read and divided in one go: ten seconds, which is what a detector takes at once. */
    private static final int BLOCK = 10 * AudioStream.SAMPLE_RATE;
    /** Where segments are wanted promptly: half a second. */
    private static final int PROMPT_BLOCK = AudioStream.SAMPLE_RATE / 2;
    /** Batches of audio that may wait. */
    private static final int BATCHES_AHEAD = 2;

    private final RecognizerService service;
    /** Null where there is none. */
    private final VoiceDetector detector;
    /** Null where there is none. */
    private final Punctuator punctuator;
    /** Null where there is none. */
    private final SpeakerEncoder speakers;
    private final TranscribeOptions options;
    private final boolean timestamps;
    private final boolean prompt;

    private SpeechTranscriber(Builder settings, RecognizerService service, VoiceDetector detector, Punctuator punctuator, SpeakerEncoder speakers) {
        this.service = service;
        this.detector = detector;
        this.punctuator = punctuator;
        this.speakers = speakers;
        this.options = settings.options;
        this.timestamps = settings.timed();
        this.prompt = settings.prompt;
    }

    /** Settings of a new transcriber; it needs a model at least. */
    public static Builder builder() {
        return new Builder();
    }

    /** Reads and recognises one file; throws what went wrong. */
    public Transcript transcribe(Path file) {
        return transcribe(List.of(file)).get(0).orThrow();
    }

    /** {@link #transcribe(List, TranscriptionListener)} without a listener. */
    public List<FileResult> transcribe(List<Path> files) {
        return transcribe(files, TranscriptionListener.NONE);
    }

    /**
     * Reads and recognises files, and answers in the order of the input. The listener is told in the calling thread: of each segment
     * as soon as it and all before it are known, and of each file. What it throws ends the work and is thrown on.
     */
    public List<FileResult> transcribe(List<Path> files, TranscriptionListener listener) {
        return transcribe(files, null, listener);
    }

    /**
     * Like {@link #transcribe(List, TranscriptionListener)}, keeping a journal: what an interrupted run has written there is not done
     * again, and the results and segments that are told are those of one run.
     *
     * @param journal of these files and of this transcriber's {@link Builder#identity}; stays the caller's; null where none is kept
     * @throws JournalException when it cannot be written
     */
    public List<FileResult> transcribe(List<Path> files, Journal journal, TranscriptionListener listener) {
        if (journal != null && journal.recordings() != files.size()) {
            throw new IllegalArgumentException("a journal of " + journal.recordings() + " recordings for " + files.size());
        }
        Function<Optional<SourceState>, PieceSource> division = detector == null ? start -> new WindowPieces(options.thresholdMs(), start)
                : start -> new VadPieces(detector, options, start);
        FileFinish finish = new FileFinish(punctuator, speakers == null ? null : new SpeakerDiarizer(speakers),
                options.speakers().isPresent() ? Integer.valueOf(options.speakers().getAsInt()) : null);
        try (UtteranceQueue.Caller caller = service.open(!prompt)) {
            return FileFlow.results(List.copyOf(files), journal, prompt ? PROMPT_BLOCK : BLOCK, division, caller, service.firstRecognizer().tokenText(), timestamps,
                    finish, listener);
        }
    }

    /** How recordings are divided and packed. */
    public TranscribeOptions options() {
        return options;
    }

    /** Sentences for the user about the models and options. */
    public List<String> notices() {
        List<String> notices = new ArrayList<>(options.warnings());
        if (detector == null) {
            options.ofDetector().forEach(name -> notices.add(name + " has no effect without a VAD model"));
        }
        if (speakers == null && options.speakers().isPresent()) {
            notices.add(OptionName.SPEAKERS.key() + " has no effect without a speaker model");
        }
        notices.addAll(service.notices());
        if (detector != null) {
            notices.addAll(detector.notices());
        }
        if (punctuator != null) {
            notices.addAll(punctuator.notices());
        }
        if (speakers != null) {
            notices.addAll(speakers.notices());
        }
        return notices;
    }

    /** What was recognised so far in which batches, and who holds how much memory of each device; all models of a device are in its report. */
    public ServiceReport report() {
        return service.report();
    }

    /** Waits for what was submitted, then releases the devices and all memory. Idempotent. */
    @Override
    public void close() {
        try (service; detector; punctuator; speakers) {
            // Nothing is submitted any more by then: a caller whose file is not read to its end is told so.
            service.close();
        }
    }

    /** Settings of a transcriber; everything but the model has a default. Not thread-safe. */
    public static final class Builder {
        private final RecognizerService.Builder service = RecognizerService.builder();
        private final RunIdentity identity = new RunIdentity();
        private String vadModel;
        private String punctuationModel;
        private String speakerModel;
        private boolean timestamps;
        private boolean prompt;
        private TranscribeOptions options = TranscribeOptions.DEFAULT;

        private Builder() {}

        /** See {@link Recognizer.Builder#model}. */
        public Builder model(String folderOrSynthetic) {
            service.model(folderOrSynthetic);
            identity.model(folderOrSynthetic);
            return this;
        }

        /** The folder of an FSMN-VAD that divides the recordings. Without it they are divided into windows. */
        public Builder vadModel(String folder) {
            vadModel = folder;
            return this;
        }

        /** The folder of a CT-Transformer that puts punctuation into each file's text. */
        public Builder punctuationModel(String folder) {
            punctuationModel = folder;
            return this;
        }

        /**
         * The folder of a CAM++ that tells who says each sentence. It needs a {@link #vadModel}, and words are given with their times; the
         * speech of a recording that is resumed is heard again from its beginning.
         */
        public Builder speakerModel(String folder) {
            speakerModel = folder;
            return this;
        }

        /** Devices separated by commas, such as {@code cuda:0,cuda:1}: each recognises batches of its own; the first one does the rest, too. */
        public Builder devices(String specs) {
            service.devices(specs);
            return this;
        }

        /** See {@link Recognizer.Builder#precision(Precision)}. */
        public Builder precision(Precision value) {
            identity.precision(value.text());
            service.precision(value);
            return this;
        }

        /** See {@link Recognizer.Builder#precision(LinearSchemes)}. */
        public Builder precision(LinearSchemes value) {
            identity.precision(value == null ? null : value.toString());
            service.precision(value);
            return this;
        }

        /** See {@link Recognizer.Builder#keepLayers(LayerMask)}. */
        public Builder keepLayers(LayerMask mask) {
            identity.keepLayers(mask);
            service.keepLayers(mask);
            return this;
        }

        /** The most memory that may be held of each device, by all models together. Without it the device is the limit. */
        public Builder memoryLimit(MemoryLimit limit) {
            service.memoryLimit(limit);
            return this;
        }

        /** Whether words are given with their times. */
        public Builder timestamps(boolean wanted) {
            timestamps = wanted;
            return this;
        }

        /**
         * Whether each segment is to be recognised as soon as it is known, in whatever batch there is, for who follows a recording that is
         * still growing. By default batches are filled where more is to come, which is faster in all.
         */
        public Builder prompt(boolean wanted) {
            prompt = wanted;
            return this;
        }

        /** See {@link Recognizer.Builder#hotwords}. */
        public Builder hotwords(List<String> words) {
            identity.hotwords(words);
            service.recognizer(recognizer -> recognizer.hotwords(words));
            return this;
        }

        /** How recordings are divided and packed. */
        public Builder options(TranscribeOptions value) {
            options = Objects.requireNonNull(value);
            return this;
        }

        /** Is told of the progress of loading the recognizers. */
        public Builder progress(Progress listener) {
            service.progress(listener);
            return this;
        }

        /** What results depend on, as a {@link Journal} wants it: files of the models, and settings by their names. */
        public Map<String, String> identity() {
            return identity.with(vadModel, options, timed());
        }

        /** Speakers are those of sentences, and sentences are made of words that have times. */
        private boolean timed() {
            return timestamps || speakerModel != null;
        }

        /**
         * Opens the devices and loads the models. Nothing stays behind when that fails.
         *
         * @throws ModelException when a model cannot be used
         * @throws dev.parasol.memory.DeviceMemoryExhausted when the weights do not fit
         * @throws dev.parasol.cuda.CudaException when a device fails
         */
        public SpeechTranscriber build() {
            if (speakerModel != null && vadModel == null) {
                throw new IllegalStateException("speakers are told apart in the speech that a detector finds, and there is none");
            }
            boolean exact = timed();
            boolean windows = vadModel == null;    // which are joined by the times of their words
            RecognizerService recognition = service.recognizer(recognizer -> recognizer.timestamps(exact).timed(windows))
                    .batchSeconds(options.batchSeconds())
                    .queueSeconds(BATCHES_AHEAD * options.batchSeconds())
                    .build();
            Deque<AutoCloseable> opened = new ArrayDeque<>(List.of(recognition));
            try {
                Recognizer first = recognition.firstRecognizer();
                String device = first.device().toString();
                Budget budget = first.session().budget();
                VoiceDetector detector = vadModel == null ? null : opened(opened, detector(device, budget));
                Punctuator punctuator = punctuationModel == null ? null
                        : opened(opened, Punctuator.builder().model(punctuationModel).device(device).budget(budget).build());
                SpeakerEncoder speakers = speakerModel == null ? null
                        : opened(opened, SpeakerEncoder.builder().model(speakerModel).device(device).budget(budget).build());
                return new SpeechTranscriber(this, recognition, detector, punctuator, speakers);
            } catch (RuntimeException e) {
                opened.forEach(resource -> ModelLoad.closeAfter(e, resource));
                throw e;
            }
        }

        private static <T extends AutoCloseable> T opened(Deque<AutoCloseable> all, T resource) {
            all.push(resource);
            return resource;
        }

        private VoiceDetector detector(String device, Budget budget) {
            VoiceDetector.Builder builder = VoiceDetector.builder().model(vadModel).device(device).budget(budget);
            // A segment is held while it is running: a model's own limit is not above what may be asked for.
            int longest = VadFolder.open(vadModel).config().endpoint().maxSegment();
            builder.maxSegment(options.maxSegmentMs().orElse(Math.min(longest, TranscribeOptions.MOST_SEGMENT_MS)));
            options.maxEndSilenceMs().ifPresent(builder::maxEndSilence);
            return builder.build();
        }
    }
}
