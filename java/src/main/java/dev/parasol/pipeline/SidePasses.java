package dev.parasol.pipeline;

import dev.parasol.cuda.CudaContext;
import dev.parasol.cuda.CudaException;
import dev.parasol.memory.MemoryLadder;
import dev.parasol.memory.WorkTask;
import dev.parasol.model.ReclaimableModel;

/**
 * Passes of a model beside the recognizer's, each in turn with those who share the memory budget; between two of them the
 * model gives back what others need. Thread-safe.
 */
final class SidePasses {
    private final Session<? extends ReclaimableModel> session;
    private final String user;
    private final String purpose;
    private final MemoryLadder ladder;

    /**
     * @param user who runs them in an error's words, such as {@code punctuator}
     * @param purpose what for, such as {@code punctuation}
     */
    SidePasses(Session<? extends ReclaimableModel> session, String user, String purpose) {
        this.session = session;
        this.user = user;
        this.purpose = purpose;
        this.ladder = new MemoryLadder(session.budget());
        session.member().reclaimBy(new SessionReclaimer(session));
    }

    /**
     * Runs one, whole.
     *
     * @param task its name among those who share the budget
     * @throws dev.parasol.memory.DeviceMemoryExhausted when there is too little memory whatever was tried
     * @throws RecognitionException when the device failed, now or before
     * @throws IllegalStateException when the session is closed
     */
    void run(String task, MemoryLadder.Attempt pass) {
        CudaContext context = session.context();
        if (context.failure() != null) {
            throw new RecognitionException("the device " + context.spec() + " failed and this " + user + " cannot go on; close it and make a new one ("
                    + context.failure().getMessage() + ")", context.failure());
        }
        try (WorkTask turn = session.budget().turns().begin(session.member(), task)) {
            ModelLoad.climb(ladder, turn, pass);
        } catch (CudaException e) {
            throw new RecognitionException(purpose + " failed: " + e.getMessage(), e);
        }
    }

    /** Bytes that the activations' memory must grow by for a pass of this peak. */
    long lacking(long peakBytes) {
        return Math.max(0, session.memory().mapped(peakBytes) - session.model().reserved());
    }
}
