package dev.parasol.pipeline;

/** A thread that recognises what comes through a queue on one device, until the queue is closed. */
final class DeviceThread {
    private final Recognizer recognizer;
    private final QueueConsumer consumer;
    private final Thread thread;

    /** Begins. */
    DeviceThread(Recognizer recognizer, UtteranceQueue queue) {
        this.recognizer = recognizer;
        this.consumer = queue.consumer(new Target());
        this.thread = new Thread(this::run, "parasol " + recognizer.device());
        thread.setDaemon(true);
        thread.start();
    }

    private final class Target implements BatchTarget {
        @Override
        public RuntimeException failure() {
            return recognizer.session().context().failure();
        }
    }

    private void run() {
        boolean ended = false;
        while (!ended) {
            try {
                recognizer.recognise(consumer);
                ended = true;
            } catch (RuntimeException | Error e) {
                consumer.failed(e);
            }
        }
        RuntimeException failure = recognizer.session().context().failure();
        consumer.leave(failure == null ? new IllegalStateException("the queue is closed")
                : new RecognitionException("the device " + recognizer.device() + " failed: " + failure.getMessage(), failure));
    }

    /** Waits until it has ended. */
    void join() {
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
