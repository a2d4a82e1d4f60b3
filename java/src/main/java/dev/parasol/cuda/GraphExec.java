package dev.parasol.cuda;

import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;

/** A graph ready to launch, any number of times; two launches of the same one never overlap. Thread-safe. */
public final class GraphExec implements AutoCloseable {
    private final ContextState context;
    private final CUgraphExec graph;
    private final int kernels;
    private final Ownership ownership;

    GraphExec(ContextState context, Graph source) {
        CUgraphExec created = new CUgraphExec();
        context.call("cuGraphInstantiate", () -> JCudaDriver.cuGraphInstantiate(created, source.handle(), 0), source.ownership());
        this.context = context;
        this.graph = created;
        this.kernels = source.kernels();
        this.ownership = new Ownership(this, context, "GraphExec", true,
                () -> context.checkRelease(JCudaDriver.cuGraphExecDestroy(created), "cuGraphExecDestroy"));
    }

    /** Enqueues the whole graph on a stream that is not being captured. */
    public void launch(Stream stream) {
        context.call("cuGraphLaunch", () -> JCudaDriver.cuGraphLaunch(graph, stream.handle()), ownership, stream.ownership());
        context.launches.add(kernels);
    }

    /** How many kernels one launch runs. */
    public int kernels() {
        return kernels;
    }

    /** Destroys the graph; a launch in progress finishes first. Idempotent. */
    @Override
    public void close() {
        ownership.close();
    }
}
