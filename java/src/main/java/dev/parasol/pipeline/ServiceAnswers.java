package dev.parasol.pipeline;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * The requests of a {@link RecognizerService} between the queue's futures, which complete on the devices' threads, and those of the users, which
 * complete on a thread of this, once each. Thread-safe.
 */
final class ServiceAnswers implements AutoCloseable {
    private final Function<FileRead, Transcript> transcripts;
    private final ScheduledThreadPoolExecutor executor;
    private final AtomicLong submitted = new AtomicLong();
    private final AtomicLong answered = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong cancelled = new AtomicLong();
    private final AtomicLong overdue = new AtomicLong();
    private volatile Thread thread;

    /** @param transcripts from what was recognised to what is answered */
    ServiceAnswers(Function<FileRead, Transcript> transcripts) {
        this.transcripts = transcripts;
        this.executor = new ScheduledThreadPoolExecutor(1, work -> {
            thread = new Thread(work, "parasol answers");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Whether the calling thread is the one on which users' futures complete. */
    boolean answering() {
        return Thread.currentThread() == thread;
    }

    /** A request that is answered before it gets into the queue. */
    CompletableFuture<Transcript> refused(RuntimeException reason) {
        submitted.incrementAndGet();
        counter(reason).incrementAndGet();
        return CompletableFuture.failedFuture(reason);
    }

    /** A request that found no room in the queue within its deadline. */
    CompletableFuture<Transcript> late(RequestOptions options) {
        return refused(lateness(options));
    }

    private static DeadlineException lateness(RequestOptions options) {
        return new DeadlineException("not answered within " + options.nanos() * 1e-9 + " s");
    }

    /**
     * Leads from the queue's future to the user's, and back where that one is cancelled or late.
     *
     * @param nanosLeft until the deadline, if there is one
     * @param finished is run when the user's future is complete
     */
    CompletableFuture<Transcript> answer(FileRead read, CompletableFuture<Utterance> queued, RequestOptions options, long nanosLeft, Runnable finished) {
        submitted.incrementAndGet();
        CompletableFuture<Transcript> answer = new CompletableFuture<>();
        Future<?> deadline = options.deadline() == null ? null
                : executor.schedule(() -> answer.completeExceptionally(lateness(options)), Math.max(0, nanosLeft), TimeUnit.NANOSECONDS);
        answer.whenComplete((transcript, error) -> {
            (error == null ? answered : counter(error)).incrementAndGet();
            queued.cancel(false);
            if (deadline != null) {
                deadline.cancel(false);
            }
            finished.run();
        });
        queued.whenComplete((utterance, error) -> {
            if (!answer.isDone()) {
                executor.execute(() -> complete(answer, read, error));
            }
        });
        return answer;
    }

    private AtomicLong counter(Throwable error) {
        return error instanceof CancellationException ? cancelled : error instanceof DeadlineException ? overdue : failed;
    }

    private void complete(CompletableFuture<Transcript> answer, FileRead read, Throwable error) {
        if (error instanceof CancellationException) {
            answer.cancel(false);
        } else if (error != null) {
            answer.completeExceptionally(named(read, error));
        } else {
            try {
                answer.complete(transcripts.apply(read));
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        }
    }

    /** The error with the name of the file, and of its own for each request. */
    private static Throwable named(FileRead read, Throwable error) {
        String name = read.file() == null ? "" : read.file() + ": ";
        return new RecognitionException(name + error.getMessage(), error);
    }

    /** The report of a service whose queue and devices report this. */
    ServiceReport report(QueueReport queue, List<ServiceReport.Device> devices) {
        return new ServiceReport(submitted.get(), answered.get(), failed.get(), cancelled.get(), overdue.get(), queue.waiting(), queue.waitingSeconds(),
                queue.inFlight(), queue.inFlightSeconds(), queue.batches(), queue.packedSeconds(), queue.largestBatchSeconds(), devices);
    }

    /** Ends the thread. Every request must be answered, or be about to be on this thread. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
