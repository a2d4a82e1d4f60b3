package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LaunchGraphTest extends SoftContext {
    private static final int COUNT = 3000;

    private Stream stream;
    private Fill fill;
    private DeviceBuffer a;
    private DeviceBuffer b;
    private HostBuffer out;

    @BeforeEach
    void prepare() {
        stream = context.newStream();
        fill = new Fill(context);
        a = context.allocate(4 * COUNT);
        b = context.allocate(4 * COUNT);
        out = context.allocateHost(4 * COUNT);
    }

    @AfterEach
    void release() {
        SoftDevice.clearFailures();
        for (AutoCloseable open : new AutoCloseable[] {out, b, a, fill, stream}) {
            try {
                open.close();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }
    }

    /** A kernel, and a fill over what it wrote first. */
    private Runnable work(DeviceBuffer target, int count, long value) {
        return () -> {
            fill.launch(stream, target.address(), count, value);
            stream.fill32(target.address(), 0, 2);
            stream.fill(target.address() + 12, (byte) 0, 4);
        };
    }

    private float[] read(DeviceBuffer buffer) {
        stream.copyToHost(out, 0, buffer.address(), 4 * COUNT);
        stream.synchronize();
        return Fill.floats(out);
    }

    private float[] direct(DeviceBuffer buffer, int count, long value) {
        stream.fill(buffer.address(), (byte) 0, 4 * COUNT);
        work(buffer, count, value).run();
        return read(buffer);
    }

    @Test
    void launchesGiveWhatTheDirectOnesGive() {
        float[] expected = direct(a, COUNT, 5);
        long before = context.launches();
        try (LaunchGraph graph = LaunchGraph.of(stream, work(a, COUNT, 5))) {
            assertThat(context.launches()).as("nothing is launched by making it").isEqualTo(before);
            assertThat(graph.kernels()).isEqualTo(1);
            assertThat(graph.nodes()).isEqualTo(3);
            fill.arguments.setPointer(0, 0); // nodes have their own copy of the struct
            for (int round = 0; round < 2; round++) {
                stream.fill(a.address(), (byte) 0, 4 * COUNT);
                graph.launch(stream);
                assertThat(read(a)).isEqualTo(expected);
            }
            assertThat(context.launches() - before).isEqualTo(2);
        }
        assertThat(SoftDevice.live("graphs") + SoftDevice.live("graph_execs")).isZero();
    }

    @Test
    void setToOtherAddressesCountsAndGrids() {
        float[] expected = direct(b, COUNT / 3, 7);
        stream.fill(a.address(), (byte) 0, 4 * COUNT);
        stream.fill(b.address(), (byte) 0, 4 * COUNT);
        try (LaunchGraph graph = LaunchGraph.of(stream, work(a, COUNT, 5))) {
            long graphs = SoftDevice.calls("cuGraphInstantiateWithFlags");
            assertThat(graph.set(stream, work(b, COUNT / 3, 7))).isTrue();
            graph.launch(stream);
            assertThat(read(b)).isEqualTo(expected);
            assertThat(read(a)).as("the address of before").containsOnly(0);
            assertThat(SoftDevice.calls("cuGraphInstantiateWithFlags")).isEqualTo(graphs);
        }
    }

    @Test
    void anotherSequenceIsNoSetting() {
        Runnable two = () -> {
            work(a, COUNT, 5).run();
            fill.launch(stream, a.address(), COUNT, 1);
        };
        for (Runnable other : new Runnable[] {two, () -> stream.fill32(a.address(), 0, 2), () -> {}}) {
            try (LaunchGraph graph = LaunchGraph.of(stream, work(a, COUNT, 5))) {
                assertThat(graph.set(stream, other)).isFalse();
                assertThatIllegalStateException().isThrownBy(() -> graph.launch(stream));
                assertThat(graph.set(stream, work(a, COUNT, 5))).isTrue();
                graph.launch(stream);
            }
        }
        stream.synchronize();
    }

    @Test
    void onlyLaunchesAndFillsArePartOfIt() {
        assertThatIllegalStateException().isThrownBy(() -> LaunchGraph.of(stream, () -> stream.copyToHost(out, 0, a.address(), 4)))
                .withMessageContaining("a copy cannot be part of a graph");
        assertThatIllegalStateException().isThrownBy(() -> LaunchGraph.of(stream, stream::synchronize));
        assertThatIllegalStateException().isThrownBy(() -> LaunchGraph.of(stream, () -> LaunchGraph.of(stream, () -> {})));
        assertThat(SoftDevice.live("graphs")).isZero();
        assertThat(direct(a, COUNT, 5)).as("the stream is as before").hasSize(COUNT);
    }

    @Test
    void everyFailingCallLeavesNothing() {
        for (String entry : new String[] {"cuGraphCreate", "cuGraphAddKernelNode_v2", "cuGraphAddMemsetNode", "cuCtxGetCurrent", "cuGraphInstantiateWithFlags"}) {
            SoftDevice.failCall(entry, 1, 2);
            assertThatThrownBy(() -> LaunchGraph.of(stream, work(a, COUNT, 5))).as(entry).isInstanceOf(CudaException.class);
            SoftDevice.clearFailures();
            assertThat(SoftDevice.live("graphs") + SoftDevice.live("graph_execs")).as(entry).isZero();
        }
        try (LaunchGraph graph = LaunchGraph.of(stream, work(a, COUNT, 5))) {
            for (String entry : new String[] {"cuGraphExecKernelNodeSetParams_v2", "cuGraphExecMemsetNodeSetParams"}) {
                SoftDevice.failCall(entry, 1, 2);
                assertThatThrownBy(() -> graph.set(stream, work(b, COUNT, 5))).isInstanceOf(CudaException.class);
                SoftDevice.clearFailures();
                assertThatIllegalStateException().isThrownBy(() -> graph.launch(stream));
            }
            assertThat(graph.set(stream, work(a, COUNT, 5))).isTrue();
        }
    }
}
