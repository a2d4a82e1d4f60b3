package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class GraphTest extends SoftContext {
    private static final int COUNT = 3000;

    private void work(Stream stream, Fill fill, DeviceBuffer a, DeviceBuffer b, HostBuffer out) {
        fill.launch(stream, a.address(), COUNT, 5);
        stream.copyOnDevice(b.address(), a.address(), 4 * COUNT);
        stream.fill32(b.address(), 0, 1);
        fill.launch(stream, a.address(), COUNT, 6);
        stream.copyToHost(out, 0, b.address(), 4 * COUNT);
    }

    @Test
    void aReplayEqualsTheDirectRun() {
        try (Stream stream = context.newStream();
                Fill fill = new Fill(context);
                DeviceBuffer a = context.allocate(4 * COUNT);
                DeviceBuffer b = context.allocate(4 * COUNT);
                HostBuffer direct = context.allocateHost(4 * COUNT);
                HostBuffer replayed = context.allocateHost(4 * COUNT)) {
            work(stream, fill, a, b, direct);
            stream.synchronize();
            long before = context.launches();
            stream.beginCapture();
            work(stream, fill, a, b, replayed);
            assertThat(context.launches()).as("captured launches").isEqualTo(before);
            try (GraphExec exec = instantiate(stream.endCapture())) { // which stands without its recording
                assertThat(exec.kernels()).isEqualTo(2);
                fill.arguments.setPointer(0, 0); // a captured launch has its own copy of the struct
                for (int round = 0; round < 3; round++) {
                    replayed.bytes().putInt(4, 0);
                    stream.fill(b.address(), (byte) 0, 4 * COUNT);
                    exec.launch(stream);
                    stream.synchronize();
                    assertThat(Fill.floats(replayed)).isEqualTo(Fill.floats(direct));
                }
                assertThat(context.launches() - before).isEqualTo(6);
            }
        }
    }

    private static GraphExec instantiate(Graph recording) {
        try (recording) {
            return recording.instantiate();
        }
    }

    @Test
    void aSecondStreamJoinsTheCaptureByAnEvent() {
        try (Stream main = context.newStream();
                Stream side = context.newStream();
                Event fork = context.newEvent(false);
                Event join = context.newEvent(false);
                Fill fill = new Fill(context);
                DeviceBuffer a = context.allocate(4 * COUNT);
                DeviceBuffer b = context.allocate(4 * COUNT);
                HostBuffer out = context.allocateHost(8 * COUNT)) {
            long before = context.launches();
            main.beginCapture();
            main.record(fork);
            side.waitFor(fork);
            fill.launch(side, b.address(), COUNT, 8);
            side.record(join);
            fill.launch(main, a.address(), COUNT, 7);
            main.waitFor(join);
            main.copyToHost(out, 0, a.address(), 4 * COUNT);
            main.copyToHost(out, 4 * COUNT, b.address(), 4 * COUNT);
            try (Graph graph = main.endCapture(); GraphExec exec = graph.instantiate()) {
                assertThat(graph.kernels()).isEqualTo(2);
                exec.launch(main);
                main.synchronize();
                assertThat(Fill.floats(out)).startsWith(Fill.expected(7, new float[COUNT])).endsWith(Fill.expected(8, new float[COUNT]));
            }
            fill.launch(side, b.address(), COUNT, 9);
            side.synchronize();
            assertThat(context.launches() - before).as("two in the graph, one after it").isEqualTo(3);
        }
    }

    @Test
    void aSpoiledCaptureIsAnErrorAndTheStreamUsableAgain() {
        try (Stream stream = context.newStream(); Fill fill = new Fill(context); DeviceBuffer a = context.allocate(4 * COUNT)) {
            stream.beginCapture();
            fill.launch(stream, a.address(), COUNT, 5);
            assertThatThrownBy(stream::synchronize).isInstanceOf(CudaException.class).hasMessageContaining("CAPTURE");
            assertThatThrownBy(stream::endCapture).isInstanceOf(CudaException.class).hasMessageContaining("cuStreamEndCapture");
            long before = context.launches();
            fill.launch(stream, a.address(), COUNT, 5);
            stream.synchronize();
            assertThat(context.launches()).isEqualTo(before + 1);
        }
    }

    @Test
    void endingWhatNeverBeganIsAnError() {
        try (Stream stream = context.newStream()) {
            assertThatThrownBy(stream::endCapture).isInstanceOf(CudaException.class);
        }
    }
}
