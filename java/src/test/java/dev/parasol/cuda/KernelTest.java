package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

class KernelTest extends SoftContext {
    private static final int COUNT = 5000;

    @Test
    void launchesWithTheStructThatWasWritten() {
        try (Stream stream = context.newStream();
                DeviceBuffer a = context.allocate(4 * COUNT);
                HostBuffer out = context.allocateHost(4 * COUNT);
                Fill fill = new Fill(context)) {
            fill.launch(stream, a.address(), COUNT, 17);
            stream.copyToHost(out, 0, a.address(), 4 * COUNT);
            stream.synchronize();
            assertThat(Fill.floats(out)).isEqualTo(Fill.expected(17, new float[COUNT]));
        }
    }

    @Test
    void argumentsAreReusableAsSoonAsTheLaunchReturns() {
        try (Stream stream = context.newStream();
                DeviceBuffer a = context.allocate(8 * COUNT);
                HostBuffer out = context.allocateHost(8 * COUNT);
                Fill fill = new Fill(context)) {
            fill.launch(stream, a.address(), COUNT, 1);
            fill.launch(stream, a.address() + 4 * COUNT, COUNT, 2); // nothing has run yet: streams are lazy
            stream.copyToHost(out, 0, a.address(), 8 * COUNT);
            stream.synchronize();
            assertThat(Fill.floats(out)).startsWith(Fill.expected(1, new float[COUNT])).endsWith(Fill.expected(2, new float[COUNT]));
        }
    }

    @Test
    void launchesAreCounted() {
        try (Stream stream = context.newStream(); DeviceBuffer a = context.allocate(4 * COUNT); Fill fill = new Fill(context)) {
            long before = context.launches();
            for (int i = 0; i < 3; i++) {
                fill.launch(stream, a.address(), COUNT, i);
            }
            stream.synchronize();
            assertThat(context.launches() - before).isEqualTo(3);
        }
    }

    @Test
    void aKernelIsLoadedOnceAndKnowsItself() {
        Kernel kernel = context.kernels().kernel("random_fill", "random_fill", Fill.PARAMS);
        long modules = SoftDevice.live("modules");
        assertThat(context.kernels().kernel("random_fill", "random_fill", Fill.PARAMS)).isSameAs(kernel);
        assertThat(SoftDevice.live("modules")).isEqualTo(modules);
        assertThat(kernel.name()).isEqualTo("random_fill");
        KernelAttributes attributes = kernel.attributes();
        assertThat(attributes.maxThreads()).isEqualTo(128);
        assertThat(attributes.localBytes()).isZero();
        kernel.setDynamicShared(64 << 10);
        assertThatThrownBy(() -> kernel.setDynamicShared(1 << 30)).isInstanceOf(CudaException.class).hasMessageContaining("cuFuncSetAttribute(random_fill)");
    }

    @Test
    void aStructOfAnotherSizeIsRefused() {
        StructLayout other = StructLayout.struct("OtherParams", "other.h").pointer("destination").build();
        assertThatThrownBy(() -> context.kernels().kernel("random_fill", "random_fill", other)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("random_fill").hasMessageContaining("OtherParams");
        Kernel kernel = context.kernels().kernel("random_fill", "random_fill", Fill.PARAMS);
        assertThatThrownBy(() -> context.kernels().kernel("random_fill", "random_fill", other)).isInstanceOf(IllegalStateException.class);
        StructLayout small = StructLayout.struct("SmallParams", "small.h").int32("rows").build();
        try (Stream stream = context.newStream(); KernelArguments arguments = new KernelArguments(context.state(), small)) {
            assertThatThrownBy(() -> kernel.launch(stream, 1, 1, 1, 128, 0, arguments)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("SmallParams");
        }
    }

    @Test
    void writesOutsideTheStructAreRefused() {
        try (Fill fill = new Fill(context)) {
            assertThatThrownBy(() -> fill.arguments.setInt(Fill.PARAMS.size(), 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> fill.arguments.setLong(-8, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        Fill closed = new Fill(context);
        closed.close();
        assertThatThrownBy(() -> closed.arguments.setInt(0, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anUnknownKernelIsNamed() {
        CudaException e = catchThrowableOfType(CudaException.class, () -> context.kernels().kernel("no_such_file", "no_such_kernel", Fill.PARAMS));
        assertThat(e.getMessage()).contains("no_such");
        assertThat(e.sticky()).isFalse();
    }

    @Test
    void anImageThatDoesNotCompileComesWithTheDriversLog() {
        CudaException e = catchThrowableOfType(CudaException.class, () -> context.kernels().loadImage("broken", "// parasol stub\n.entry no_such_kernel\n"));
        assertThat(e.call()).isEqualTo("cuModuleLoadData(broken)");
        assertThat(e.getMessage().lines().skip(1)).as("the log").singleElement().asString().contains("no_such_kernel");
        assertThat(e.sticky()).isFalse();
    }

    @Test
    void aLaunchThatCannotBeIsRefusedAndHarmless() {
        try (Stream stream = context.newStream(); Fill fill = new Fill(context)) {
            CudaException e = catchThrowableOfType(CudaException.class, () -> fill.kernel.launch(stream, 1, 1, 1, 4096, 0, fill.arguments));
            assertThat(e.call()).isEqualTo("cuLaunchKernel(random_fill)");
            assertThat(e.sticky()).isFalse();
            stream.synchronize();
        }
    }

    @Test
    void anIllegalAddressLosesTheContextAndNothingElse() {
        Stream stream = context.newStream();
        Fill fill = new Fill(context);
        DeviceBuffer a = context.allocate(4 * COUNT);
        a.close();
        fill.launch(stream, a.address(), COUNT, 3);
        CudaException e = catchThrowableOfType(CudaException.class, stream::synchronize);
        assertThat(e.errorName()).isEqualTo("CUDA_ERROR_ILLEGAL_ADDRESS");
        assertThat(e.sticky()).isTrue();
        assertThat(context.failure()).isSameAs(e);
        assertThatThrownBy(() -> context.allocate(4)).isInstanceOf(CudaException.class).hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS");
        fill.close(); // closing repeats an error that is known no more
        stream.close();
        context.close();
        assertNothingAlive();
        context = CudaContext.open(DeviceSpec.parse("soft:0"));
        launchesWithTheStructThatWasWritten();
    }
}
