package dev.parasol.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativesTest {
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @TempDir
    Path folder;

    @Test
    void aTamperedLibraryIsRefused() throws IOException {
        byte[] library = NativesTest.class.getResourceAsStream("/lib/" + Natives.JCUDA_FILE).readAllBytes();
        Natives.verify(library, Natives.JCUDA_SHA256, Natives.JCUDA_FILE);
        library[library.length / 2] ^= 1;
        assertThatThrownBy(() -> Natives.verify(library, Natives.JCUDA_SHA256, Natives.JCUDA_FILE)).isInstanceOf(DeviceUnavailableException.class)
                .hasMessageContaining(Natives.JCUDA_FILE).hasMessageContaining(Natives.JCUDA_SHA256);
    }

    @Test
    void aResourceWithAnotherSumIsNeverWritten() throws IOException {
        String resource = "/dev/parasol/cuda/Natives.class";
        assertThatThrownBy(() -> Natives.unpack(resource, EMPTY)).isInstanceOf(DeviceUnavailableException.class).hasMessageContaining(resource);
        assertThat(Natives.folder().resolve("Natives.class")).doesNotExist();
    }

    @Test
    void aMissingResourceSaysWhatToBuild() {
        assertThatThrownBy(() -> Natives.unpack("/dev/parasol/native/linux-x86_64/none.so", EMPTY)).isInstanceOf(DeviceUnavailableException.class)
                .hasMessageContaining("none.so").hasMessageContaining("make native");
    }

    @Test
    void sumsAreReadByFileName() {
        String sums = EMPTY + "  a.so\n" + Natives.JCUDA_SHA256 + "  b.so\n";
        assertThat(Natives.listed(sums, "b.so")).isEqualTo(Natives.JCUDA_SHA256);
        assertThatThrownBy(() -> Natives.listed(sums, "c.so")).isInstanceOf(DeviceUnavailableException.class).hasMessageContaining("c.so");
    }

    @Test
    void aLibraryPlantedOnTheLibraryPathIsRefused() throws IOException {
        Path clean = Files.createDirectory(folder.resolve("clean"));
        Natives.refusePlanted(clean + File.pathSeparator + folder);
        Files.createFile(folder.resolve(Natives.JCUDA_FILE));
        assertThatThrownBy(() -> Natives.refusePlanted(clean + File.pathSeparator + folder)).isInstanceOf(DeviceUnavailableException.class)
                .hasMessageContaining(folder.toString()).hasMessageContaining("java.library.path");
    }

    @Test
    void onlyTheVerifiedFileMayBeInTheMemoryMap() {
        Path own = Path.of("/private/" + Natives.JCUDA_FILE);
        String good = "7f0000-7f1000 r-xp 00000000 08:01 42   " + own;
        String bad = "7f2000-7f3000 r-xp 00000000 08:01 43   /tmp/" + Natives.JCUDA_FILE;
        Natives.checkMapped(Stream.of("7f4000-7f5000 r-xp 0 08:01 1 /lib/libc.so.6", good, good), own);
        assertThatThrownBy(() -> Natives.checkMapped(Stream.of(bad), own)).hasMessageContaining("/tmp/").hasMessageContaining(own.toString());
        assertThatThrownBy(() -> Natives.checkMapped(Stream.of(good, bad), own)).isInstanceOf(DeviceUnavailableException.class);
        assertThatThrownBy(() -> Natives.checkMapped(Stream.empty(), own)).isInstanceOf(DeviceUnavailableException.class);
    }

    @Test
    void librariesAreLoadedFromAFolderOfThisUserAlone() throws IOException {
        String temporary = System.getProperty("java.io.tmpdir");
        CudaContext.open(DeviceSpec.parse("soft:0")).close();
        assertThat(System.getProperty("java.io.tmpdir")).isEqualTo(temporary);
        Path own = Natives.folder();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(own))).isEqualTo("rwx------");
        String map = Files.readString(Path.of("/proc/self/maps"), StandardCharsets.UTF_8);
        assertThat(map).contains(own.resolve(Natives.JCUDA_FILE).toString())
                .contains(own.resolve(Natives.SOFT_FILE).toString())
                .contains(own.resolve(Natives.BRIDGE_FILE).toString());
        assertThat(File.createTempFile("parasol", null)).satisfies(File::deleteOnExit).satisfies(file -> assertThat(file.toPath().getParent()).isNotEqualTo(own));
    }
}
