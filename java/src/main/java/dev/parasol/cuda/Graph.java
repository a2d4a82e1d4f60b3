package dev.parasol.cuda;

import jcuda.driver.CUgraph;
import jcuda.driver.JCudaDriver;

/** Recorded work, with the kernels' arguments and addresses as they were at recording. Thread-safe. */
public final class Graph implements AutoCloseable {
    private final ContextState context;
    private final CUgraph graph;
    private final int kernels;
    private final Ownership ownership;

    Graph(ContextState context, CUgraph graph, int kernels) {
        this.context = context;
        this.graph = graph;
        this.kernels = kernels;
        this.ownership = new Ownership(this, context, "Graph", true,
                () -> context.checkRelease(JCudaDriver.cuGraphDestroy(graph), "cuGraphDestroy"));
    }

    /** How many kernels were recorded. */
    public int kernels() {
        return kernels;
    }

    /** Makes the graph ready to launch; the result does not need this object any more. */
    public GraphExec instantiate() {
        return new GraphExec(context, this);
    }

    /** Destroys the recording. Idempotent. */
    @Override
    public void close() {
        ownership.close();
    }

    CUgraph handle() {
        return graph;
    }

    Ownership ownership() {
        return ownership;
    }
}
