package dev.parasol.cuda;

import java.util.Arrays;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.JCudaDriver;

/**
 * A sequence of kernel launches and fills as one CUDA graph, each node behind the one before it. Other than a captured
 * {@link Graph} it knows its nodes, so that {@link #set} can give the same sequence other addresses, counts and grids without
 * making it anew.
 *
 * <p>The graph holds the addresses that the launches had; before memory at one of them is moved or unmapped, it must be set or
 * not be launched again. Not thread-safe, but launches of it may still be running while it is set or closed.
 */
public final class LaunchGraph implements AutoCloseable {
    /** A graph's handle whose number the bridge can have. */
    private static final class GraphHandle extends CUgraph {
        long address() {
            return getNativePointer();
        }
    }

    /** Likewise of one that is ready. */
    private static final class ExecHandle extends CUgraphExec {
        long address() {
            return getNativePointer();
        }
    }

    private final ContextState context;
    private final GraphHandle graph = new GraphHandle();
    private final ExecHandle exec = new ExecHandle();
    private final Ownership graphOwnership;
    private final Ownership execOwnership;
    private long[] nodes = new long[64];
    /** The function of each node; 0 for a fill. */
    private long[] functions = new long[64];
    private int count;
    private int kernels;
    private boolean usable;

    private LaunchGraph(ContextState context, Stream stream, Runnable launches) {
        this.context = context;
        context.call("cuGraphCreate", () -> JCudaDriver.cuGraphCreate(graph, 0));
        GraphHandle created = graph;
        this.graphOwnership = new Ownership(this, context, "LaunchGraph", true,
                () -> context.checkRelease(JCudaDriver.cuGraphDestroy(created), "cuGraphDestroy"));
        try {
            stream.into(new Adding(), launches);
            context.call("cuGraphInstantiate", () -> JCudaDriver.cuGraphInstantiate(exec, graph, 0), graphOwnership);
        } catch (RuntimeException e) {
            closeAfter(e);
            throw e;
        }
        ExecHandle ready = exec;
        this.execOwnership = new Ownership(this, context, "LaunchGraph, ready", true,
                () -> context.checkRelease(JCudaDriver.cuGraphExecDestroy(ready), "cuGraphExecDestroy"));
        this.usable = true;
    }

    private void closeAfter(RuntimeException failure) {
        try {
            graphOwnership.close();
        } catch (CudaException e) {
            failure.addSuppressed(e);
        }
    }

    /**
     * Makes a graph of what {@code launches} enqueue on {@code stream}; nothing is done on the device.
     *
     * @param launches launches kernels and fills, and nothing else
     * @throws CudaException when the driver refuses; nothing is left then. Drivers before CUDA 12 refuse always
     * @throws IllegalStateException when something else is enqueued
     */
    public static LaunchGraph of(Stream stream, Runnable launches) {
        return new LaunchGraph(stream.context(), stream, launches);
    }

    /**
     * Gives all nodes the arguments of what {@code launches} enqueue now. The graph cannot be launched any more when that fails.
     *
     * @return false when it is another sequence of kernels; then, too, the graph cannot be launched any more
     */
    public boolean set(Stream stream, Runnable launches) {
        usable = false;
        Setting setting = new Setting();
        stream.into(setting, launches);
        usable = setting.same && setting.at == count;
        return usable;
    }

    /** Enqueues the whole sequence. */
    public void launch(Stream stream) {
        if (!usable) {
            throw new IllegalStateException("the graph was not set to one sequence of launches");
        }
        context.call("cuGraphLaunch", () -> JCudaDriver.cuGraphLaunch(exec, stream.handle()), execOwnership, stream.ownership());
        context.launches.add(kernels);
    }

    /** Nodes: kernels and fills. */
    public int nodes() {
        return count;
    }

    /** How many kernels one launch runs. */
    public int kernels() {
        return kernels;
    }

    /** Destroys the graph; a launch in progress finishes first. Idempotent. */
    @Override
    public void close() {
        usable = false;
        try {
            execOwnership.close();
        } catch (CudaException e) {
            closeAfter(e);
            throw e;
        }
        graphOwnership.close();
    }

    /** Appends nodes to the graph. */
    private final class Adding implements NodeSink {
        private final long[] handle = new long[1];

        @Override
        public void kernel(String name, long function, int gridX, int gridY, int gridZ, int block, int sharedBytes, long parameters) {
            context.check(Bridge.graphAddKernel(handle, graph.address(), last(), function, gridX, gridY, gridZ, block, sharedBytes, parameters),
                    "cuGraphAddKernelNode(" + name + ")");
            append(function);
            kernels++;
        }

        @Override
        public void fill(long device, int value, int elementBytes, long elements) {
            context.check(Bridge.graphAddFill(handle, graph.address(), last(), device, value, elementBytes, elements), "cuGraphAddMemsetNode");
            append(0);
        }

        private long last() {
            return count == 0 ? 0 : nodes[count - 1];
        }

        private void append(long function) {
            if (count == nodes.length) {
                nodes = Arrays.copyOf(nodes, 2 * count);
                functions = Arrays.copyOf(functions, 2 * count);
            }
            nodes[count] = handle[0];
            functions[count++] = function;
        }
    }

    /** Sets the nodes one after the other; does nothing any more once the sequence is another one. */
    private final class Setting implements NodeSink {
        private boolean same = true;
        private int at;

        @Override
        public void kernel(String name, long function, int gridX, int gridY, int gridZ, int block, int sharedBytes, long parameters) {
            if (next(function)) {
                context.check(Bridge.graphSetKernel(exec.address(), nodes[at], function, gridX, gridY, gridZ, block, sharedBytes, parameters),
                        "cuGraphExecKernelNodeSetParams(" + name + ")");
                at++;
            }
        }

        @Override
        public void fill(long device, int value, int elementBytes, long elements) {
            if (next(0)) {
                context.check(Bridge.graphSetFill(exec.address(), nodes[at], device, value, elementBytes, elements), "cuGraphExecMemsetNodeSetParams");
                at++;
            }
        }

        private boolean next(long function) {
            same &= at < count && functions[at] == function;
            return same;
        }
    }
}
