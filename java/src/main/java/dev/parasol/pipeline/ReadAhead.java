package dev.parasol.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;

/**
 * Files, read on a thread of its own while batches before them are computed, and packed by their seconds. It is at most two
 * batches ahead, so that no more than those are held. One thread uses it.
 */
final class ReadAhead implements AutoCloseable {
    private static final int BATCHES_AHEAD = 2;

    /** What the reading thread hands over: files, or, with none, the end, which may be a failure. */
    private record Packed(List<FileRead> files, Throwable failure) {
        private static final Packed END = new Packed(List.of(), null);
    }

    private final List<Path> files;
    private final double batchSeconds;
    private final BlockingQueue<Packed> packed = new LinkedBlockingQueue<>();
    private final Semaphore room = new Semaphore(BATCHES_AHEAD);
    private final Thread thread = new Thread(this::read, "parasol file reader");
    private boolean ended;

    /** Begins to read. */
    ReadAhead(List<Path> files, double batchSeconds) {
        this.files = files;
        this.batchSeconds = batchSeconds;
        thread.setDaemon(true);
        thread.start();
    }

    /** The next files, one at least, which are waited for; null at the end. */
    List<FileRead> take() {
        boolean interrupted = false;
        try {
            while (!ended) {
                try {
                    return files(packed.take());
                } catch (InterruptedException e) {
                    interrupted = true;    // which ends no work
                }
            }
            return null;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The next files if they are read already; null otherwise. */
    List<FileRead> poll() {
        Packed next = ended ? null : packed.poll();
        return next == null ? null : files(next);
    }

    private List<FileRead> files(Packed next) {
        room.release();
        if (!next.files().isEmpty()) {
            return next.files();
        }
        ended = true;
        if (next.failure() instanceof Error error) {
            throw error;
        }
        if (next.failure() != null) {
            throw (RuntimeException) next.failure();
        }
        return null;
    }

    private void read() {
        try {
            List<FileRead> batch = new ArrayList<>();
            double seconds = 0;
            for (Path file : files) {
                FileRead read = FileRead.of(file);
                if (seconds + read.seconds() > batchSeconds) {
                    handOver(batch);
                    seconds = 0;
                }
                batch.add(read);
                seconds += read.seconds();
                if (seconds == 0) {
                    handOver(batch);    // nothing to wait for
                }
            }
            handOver(batch);
            packed.add(Packed.END);
        } catch (InterruptedException e) {
            packed.add(Packed.END);    // closed: nobody listens any more
        } catch (RuntimeException | Error e) {
            packed.add(new Packed(List.of(), e));
        }
    }

    private void handOver(List<FileRead> batch) throws InterruptedException {
        if (!batch.isEmpty()) {
            room.acquire();
            packed.add(new Packed(List.copyOf(batch), null));
            batch.clear();
        }
    }

    /** Waits until the file that is being read is; none is read after it. */
    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
