package dev.parasol.cuda;

import dev.parasol.files.FileErrors;
import dev.parasol.files.TemporaryFolder;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import jcuda.driver.JCudaDriver;

/**
 * Unpacks native libraries from the jars into a private folder, after checking their SHA-256, and loads them from there.
 *
 * <p>JCuda's own loader first asks {@code System.loadLibrary}, then unpacks to a fixed name in the folder of
 * {@code java.io.tmpdir}, and loads whatever file has that name already. So that it loads the verified file and nothing else:
 * <ul>
 * <li>the verified file lies under that very name in the private folder, and {@code java.io.tmpdir} names the private folder
 *     while JCuda's driver class is initialised. Only JCuda reads the property then: the JDK's own temporary files keep the
 *     folder that they saw first, and both of its ways to make them are used beforehand;</li>
 * <li>a file of that name on {@code java.library.path} would come first, so it is an error;</li>
 * <li>afterwards the process's memory map must show the private file and no other of that name.</li>
 * </ul>
 * JCuda loads the file itself, because a library belongs to the class loader of the class that loads it.
 * All methods are called under {@link Driver}'s lock.
 */
final class Natives {
    static final String JCUDA_FILE = "libJCudaDriver-12.6.0-linux-x86_64.so";
    static final String JCUDA_SHA256 = "fdc3b4b4fca4f0fab54ff12c0b4d6ad1c5e8d55015b4950834c705e5db301255";
    static final String SOFT_FILE = "libparasol-softcuda.so";
    static final String BRIDGE_FILE = "libparasol-bridge.so";

    private static final String JCUDA_RESOURCE = "/lib/" + JCUDA_FILE;
    private static final String FOLDER = "/dev/parasol/native/linux-x86_64/";

    private static Path privateFolder;
    private static boolean bridgeLoaded;
    private static boolean softLoaded;
    private static boolean jcudaInitialised;

    private Natives() {
    }

    static void loadBridge() {
        if (!bridgeLoaded) {
            load(unpackOwn(BRIDGE_FILE));
            bridgeLoaded = true;
        }
    }

    /** Its SONAME is libcuda.so.1, so what is loaded later binds to it. */
    static void loadSoftDevice() {
        if (!softLoaded) {
            load(unpackOwn(SOFT_FILE));
            softLoaded = true;
        }
    }

    static void initialiseJCuda() {
        if (jcudaInitialised) {
            return;
        }
        refusePlanted(System.getProperty("java.library.path", ""));
        Path library = unpack(JCUDA_RESOURCE, JCUDA_SHA256);
        settleTemporaryFolders();
        String before = System.getProperty("java.io.tmpdir");
        System.setProperty("java.io.tmpdir", library.getParent().toString());
        try {
            Class.forName(JCudaDriver.class.getName(), true, Natives.class.getClassLoader());
        } catch (LinkageError | ClassNotFoundException e) {
            throw new DeviceUnavailableException("JCuda's native library does not load: " + e.getMessage(), e);
        } finally {
            System.setProperty("java.io.tmpdir", before);
        }
        try (Stream<String> map = Files.lines(Path.of("/proc/self/maps"))) {
            checkMapped(map, library);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        jcudaInitialised = true;
    }

    /** A file of JCuda's name on the library path would be loaded instead of the verified one. */
    static void refusePlanted(String libraryPath) {
        for (String folder : libraryPath.split(File.pathSeparator)) {
            if (Files.exists(Path.of(folder, JCUDA_FILE))) {
                throw new DeviceUnavailableException("There is an unverified " + JCUDA_FILE + " in " + (folder.isEmpty() ? "the working directory" : folder)
                        + ", which is on java.library.path and would be loaded instead of Parasol's own; remove it from there");
            }
        }
    }

    /** @param map the lines of /proc/self/maps */
    static void checkMapped(Stream<String> map, Path expected) {
        var mapped = map.filter(line -> line.contains("libJCudaDriver")).map(line -> line.substring(line.indexOf('/'))).distinct().toList();
        if (!mapped.equals(java.util.List.of(expected.toString()))) {
            throw new DeviceUnavailableException("JCuda's native library came from " + mapped + " and not from the verified " + expected);
        }
    }

    /** Both of the JDK's ways to make temporary files remember their folder at first use. */
    private static void settleTemporaryFolders() {
        try {
            Files.delete(File.createTempFile("parasol", null).toPath());
            Files.delete(Files.createTempFile("parasol", null));
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private static Path unpackOwn(String file) {
        String sums = new String(resource(FOLDER + "SHA256SUMS"), StandardCharsets.US_ASCII);
        return unpack(FOLDER + file, listed(sums, file));
    }

    /** The sum of a file in the format of sha256sum. */
    static String listed(String sums, String file) {
        return sums.lines().filter(line -> line.endsWith("  " + file)).map(line -> line.substring(0, 64)).findFirst()
                .orElseThrow(() -> new DeviceUnavailableException("SHA256SUMS of this build does not list " + file));
    }

    static Path unpack(String resource, String sha256) {
        byte[] content = resource(resource);
        verify(content, sha256, resource);
        Path folder = folder();
        try {
            Path target = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
            Files.write(target, content);
            target.toFile().deleteOnExit();
            return target;
        } catch (IOException e) {
            throw new DeviceUnavailableException("Cannot unpack " + resource + " into " + folder + ": " + FileErrors.reason(e) + TemporaryFolder.OTHER, e);
        }
    }

    static void verify(byte[] content, String sha256, String name) {
        try {
            String found = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            if (!found.equals(sha256)) {
                throw new DeviceUnavailableException(name + " is not the library that Parasol was built with: its SHA-256 is " + found + " and not " + sha256);
            }
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static byte[] resource(String name) {
        try (InputStream in = Natives.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new DeviceUnavailableException("This build lacks " + name + " (make native, or the jcuda-natives jar for linux-x86_64)");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + name + " from the build", e);
        }
    }

    /** Readable by this user alone, removed when the process ends. */
    static Path folder() {
        if (privateFolder == null) {
            try {
                Path created = Files.createTempDirectory("parasol-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                created = created.toRealPath(); // as the process's memory map will show it
                created.toFile().deleteOnExit();
                privateFolder = created;
            } catch (IOException e) {
                throw unusable(e);
            }
        }
        return privateFolder;
    }

    private static DeviceUnavailableException unusable(IOException e) {
        return new DeviceUnavailableException(TemporaryFolder.unusable(e), e);
    }

    private static void load(Path library) {
        try {
            System.load(library.toString());
        } catch (UnsatisfiedLinkError e) {
            throw new DeviceUnavailableException(library.getFileName() + " does not load: " + e.getMessage()
                    + " (the temporary folder may forbid execution)" + TemporaryFolder.OTHER, e);
        }
    }
}
