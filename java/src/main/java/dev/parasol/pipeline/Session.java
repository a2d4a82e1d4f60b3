package dev.parasol.pipeline;

import dev.parasol.cuda.CudaContext;
import dev.parasol.memory.Budget;
import dev.parasol.memory.MemoryLadder;
import dev.parasol.memory.MemorySystem;
import dev.parasol.memory.WorkMember;
import dev.parasol.memory.WorkTask;
import dev.parasol.model.Paraformer;
import dev.parasol.weights.ModelFolder;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a recognizer holds of a device, made together and closed together, the last first. */
final class Session implements AutoCloseable {
    private final CudaContext context;
    private final Budget budget;
    private final MemorySystem memory;
    private final WorkMember member;
    private final Paraformer model;

    private Session(CudaContext context, Budget budget, MemorySystem memory, WorkMember member, Paraformer model) {
        this.context = context;
        this.budget = budget;
        this.memory = memory;
        this.member = member;
        this.model = model;
    }

    /**
     * Opens the device and loads the model, which takes its turn with those who share the budget: it has the memory that
     * they hold idle, and waits for what they are working with. Nothing stays behind when that fails.
     */
    static Session open(Recognizer.Builder settings) {
        ModelFolder folder = settings.folder();
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            CudaContext context = CudaContext.open(settings.deviceSpec());
            opened.push(context);
            Budget budget = settings.budget(context);
            MemorySystem memory = new MemorySystem(context, budget, folder.shortName());
            opened.push(memory);
            WorkMember member = budget.turns().join("recognizer of " + folder.name());
            opened.push(() -> budget.turns().leave(member));
            Paraformer model = load(settings, folder, context, memory, member);
            return new Session(context, budget, memory, member, model);
        } catch (RuntimeException e) {
            opened.forEach(resource -> closeAfter(e, resource));
            throw e;
        }
    }

    private static Paraformer load(Recognizer.Builder settings, ModelFolder folder, CudaContext context, MemorySystem memory, WorkMember member) {
        Loading loading = new Loading(settings, folder, context, memory);
        MemoryLadder ladder = new MemoryLadder(memory.budget());
        try (WorkTask task = memory.budget().turns().begin(member, "loading")) {
            RuntimeException failure = ladder.climb(task, loading);
            if (failure != null) {
                ladder.givenUp(task);
                throw failure;
            }
        }
        return loading.model;
    }

    /** The load as something that may find too little memory. */
    private static final class Loading implements MemoryLadder.Attempt {
        private final Recognizer.Builder settings;
        private final ModelFolder folder;
        private final CudaContext context;
        private final MemorySystem memory;
        private final long bytes;
        private Paraformer model;

        Loading(Recognizer.Builder settings, ModelFolder folder, CudaContext context, MemorySystem memory) {
            this.settings = settings;
            this.folder = folder;
            this.context = context;
            this.memory = memory;
            this.bytes = Paraformer.bytesToLoad(memory, folder, settings.layerMask(), settings.schemes());
        }

        @Override
        public long lacking() {
            return bytes;
        }

        @Override
        public boolean divisible() {
            return false;
        }

        @Override
        public void run() {
            model = Paraformer.load(context, memory, folder, settings.layerMask(), settings.schemes(), settings.loadProgress());
        }
    }

    private static void closeAfter(RuntimeException failure, AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    CudaContext context() {
        return context;
    }

    Budget budget() {
        return budget;
    }

    MemorySystem memory() {
        return memory;
    }

    /** The recognizer among those who share the budget. */
    WorkMember member() {
        return member;
    }

    Paraformer model() {
        return model;
    }

    /** Closes everything, whatever fails on the way; the first failure is thrown in the end. */
    @Override
    public void close() {
        budget.turns().leave(member);
        try (context; memory; model) {
            // closed from right to left
        }
    }
}
