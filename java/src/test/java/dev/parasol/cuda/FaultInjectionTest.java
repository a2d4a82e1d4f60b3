package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fails every driver call of a scenario in turn, once each: the error arrives, and nothing stays behind. */
class FaultInjectionTest {
    private static final DeviceSpec SOFT = DeviceSpec.parse("soft:0");
    private static final int ERROR = CUresult.CUDA_ERROR_OUT_OF_MEMORY;

    @AfterEach
    void clear() {
        SoftDevice.clearFailures();
    }

    /** Everything a forward pass needs from the driver, in small. */
    private static void scenario() {
        CudaContext context = CudaContext.open(SOFT);
        try {
            work(context);
        } finally {
            try {
                context.close();
            } catch (CudaException e) {
                context.close(); // a close that was refused can be tried again
                throw e;
            }
        }
    }

    private static void work(CudaContext context) {
        try (Stream stream = context.newStream();
                Event event = context.newEvent(false);
                HostBuffer out = context.allocateHost(4096);
                DeviceBuffer plain = context.allocate(4096);
                Fill fill = new Fill(context);
                AddressRange range = new AddressRange(context, 1);
                PhysicalChunk chunk = new PhysicalChunk(context, 1)) {
            range.map(0, chunk);
            range.setAccess(0, chunk.size());
            fill.launch(stream, range.address(), 1024, 1);
            stream.beginCapture();
            try (Graph graph = capture(stream, fill, plain, range, out); GraphExec exec = graph.instantiate()) {
                exec.launch(stream);
                stream.record(event);
                event.synchronize();
                assertThat(Fill.floats(out)).isEqualTo(Fill.expected(2, new float[1024]));
            }
            range.unmap(0, chunk.size());
        }
    }

    private static Graph capture(Stream stream, Fill fill, DeviceBuffer plain, AddressRange range, HostBuffer out) {
        fill.launch(stream, range.address(), 1024, 2);
        stream.copyOnDevice(plain.address(), range.address(), 4096);
        stream.copyToHost(out, 0, plain.address(), 4096);
        return stream.endCapture();
    }

    @Test
    void everyCallMayFailOnceAndNothingStaysBehind() {
        scenario(); // loads the driver, so that every round makes the same calls
        long before = SoftDevice.calls(null);
        scenario();
        long calls = SoftDevice.calls(null) - before;
        assertThat(calls).isGreaterThan(40);
        long leaks = Leaks.count();
        List<Long> silent = new ArrayList<>();
        for (long nth = 1; nth <= calls; nth++) {
            SoftDevice.failCall(null, nth, ERROR);
            try {
                scenario();
                silent.add(nth);
            } catch (CudaException e) {
                assertThat(e.code()).as("call %d", nth).isEqualTo(ERROR);
            }
            SoftDevice.clearFailures();
            SoftContext.assertNothingAlive();
        }
        assertThat(silent).as("calls whose failure nobody noticed").isEmpty();
        assertThat(Leaks.count()).isEqualTo(leaks);
        scenario();
    }

    @Test
    void aRefusedReleaseIsReportedAndMadeGoodByTheContext() {
        long leaks = Leaks.count();
        try (CudaContext context = CudaContext.open(SOFT)) {
            DeviceBuffer buffer = context.allocate(4096);
            SoftDevice.failCall("cuMemFree_v2", 1, CUresult.CUDA_ERROR_UNKNOWN);
            assertThat(catchThrowableOfType(CudaException.class, buffer::close).call()).isEqualTo("cuMemFree");
            assertThat(SoftDevice.live("allocations")).isEqualTo(1);
        }
        SoftContext.assertNothingAlive();
        assertThat(Leaks.count()).isEqualTo(leaks);
    }
}
