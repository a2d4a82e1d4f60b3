package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VirtualMemoryTest extends SoftContext {
    private long unit;

    @BeforeEach
    void askForTheUnit() {
        assertThat(VirtualMemory.supported(context)).isTrue();
        unit = VirtualMemory.granularity(context);
        assertThat(unit).isEqualTo(2 << 20);
    }

    @Test
    void addressesStayWhilePhysicalMemoryComesAndGoes() {
        try (Stream stream = context.newStream();
                HostBuffer out = hostOf(0, 0);
                AddressRange range = new AddressRange(context, 4 * unit);
                PhysicalChunk first = new PhysicalChunk(context, 1);
                PhysicalChunk second = new PhysicalChunk(context, unit)) {
            assertThat(first.size()).isEqualTo(unit);
            range.map(0, first);
            range.map(unit, second);
            range.setAccess(0, 2 * unit);
            stream.fill32(range.address() + unit - 4, 42, 2); // across the border of the two chunks
            stream.synchronize();
            range.unmap(unit, unit);
            range.map(2 * unit, second); // the same physical memory elsewhere
            range.setAccess(2 * unit, unit);
            stream.copyToHost(out, 0, range.address() + unit - 4, 4);
            stream.copyToHost(out, 4, range.address() + 2 * unit, 4);
            stream.synchronize();
            assertThat(words(out)).containsExactly(42, 42);
            assertThat(SoftDevice.live("mappings")).isEqualTo(2);
            assertThat(SoftDevice.live("bytes")).isEqualTo(2 * unit);
        }
    }

    @Test
    void aChunkClosedWhileMappedGoesWithItsMapping() {
        try (AddressRange range = new AddressRange(context, unit)) {
            try (PhysicalChunk chunk = new PhysicalChunk(context, unit)) {
                range.map(0, chunk);
            }
            assertThat(SoftDevice.live("bytes")).isEqualTo(unit);
            range.unmap(0, unit);
            assertThat(SoftDevice.live("bytes")).isZero();
        }
    }

    @Test
    void onlyWholeMappingsAreUnmapped() {
        try (AddressRange range = new AddressRange(context, 4 * unit); PhysicalChunk chunk = new PhysicalChunk(context, 2 * unit)) {
            range.map(unit, chunk);
            assertThatThrownBy(() -> range.unmap(unit, unit)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("whole mappings");
            assertThatThrownBy(() -> range.unmap(0, 3 * unit)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> range.unmap(2 * unit, unit)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> range.map(3 * unit, chunk)).isInstanceOf(IndexOutOfBoundsException.class);
            range.unmap(unit, 2 * unit);
        }
    }

    @Test
    void theDriverRefusesOverlappingMappingsAndUnmappedAccess() {
        try (AddressRange range = new AddressRange(context, 2 * unit);
                PhysicalChunk first = new PhysicalChunk(context, unit);
                PhysicalChunk second = new PhysicalChunk(context, unit)) {
            range.map(0, first);
            assertThatThrownBy(() -> range.map(0, second)).isInstanceOf(CudaException.class).hasMessageContaining("cuMemMap");
            assertThatThrownBy(() -> range.setAccess(0, 2 * unit)).isInstanceOf(CudaException.class).hasMessageContaining("cuMemSetAccess");
        }
    }

    @Test
    void outOfPhysicalMemoryIsOrdinary() {
        assertThatThrownBy(() -> new PhysicalChunk(context, 2 * context.properties().totalMemory()))
                .isInstanceOfSatisfying(CudaException.class, e -> {
                    assertThat(e.outOfMemory()).isTrue();
                    assertThat(e.call()).isEqualTo("cuMemCreate");
                });
        new PhysicalChunk(context, unit).close();
    }

    /** The reason for the bridge. In a process of its own: JCuda reads fields by the ids of another class, which may end a JVM. */
    @Test
    void jcudasOwnMarshallingIsRefused() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), JCudaMarshalling.class.getName()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output.lines()).containsExactly("JCuda's cuMemCreate refused", "JCuda's cuMemSetAccess refused", "the bridge's taken");
    }
}
