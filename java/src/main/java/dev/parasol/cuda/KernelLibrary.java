package dev.parasol.cuda;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalInt;
import jcuda.Pointer;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.driver.JITOptions;

/**
 * The kernels of this build: one module for each kernel file, loaded when the first of its kernels is asked for and
 * unloaded with the context. On a GPU a module is the file's PTX, compiled by the driver (which keeps its own cache); on the
 * software device it is the same PTX or, in a build without, a stub that names one kernel. Thread-safe.
 */
public final class KernelLibrary {
    private static final int LOG_BYTES = 16 * 1024;

    private final ContextState context;
    private final DeviceProperties device;
    private final Map<String, Module> modules = new HashMap<>();
    private final Map<String, Kernel> kernels = new HashMap<>();

    KernelLibrary(ContextState context, DeviceProperties device) {
        this.context = context;
        this.device = device;
    }

    /** The device that the kernels run on. */
    public DeviceProperties device() {
        return device;
    }

    /** SHA-256 of a kernel file's PTX in hexadecimal digits, by which a measurement knows what it measured; {@code none} in a build without PTX. */
    public String digest(String file) {
        String ptx = PtxResource.load(file);
        if (ptx == null) {
            return "none";
        }
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(ptx.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** A loaded image and the text it was loaded from. */
    record Module(CUmodule handle, String image, Ownership ownership) {
    }

    /**
     * A kernel of a file.
     *
     * @param file   the kernel file's name without {@code .cu}
     * @param name   the kernel's name in it
     * @param params the layout of its params struct, whose size must be the kernel's own
     * @throws CudaException when the driver refuses the image or finds no such kernel
     * @throws IllegalStateException when the struct's size is not the kernel's
     */
    public synchronized Kernel kernel(String file, String name, StructLayout params) {
        Kernel known = kernels.get(name);
        if (known == null) {
            known = load(file, name, params);
            kernels.put(name, known);
        }
        if (known.params().size() != params.size()) {
            throw new IllegalStateException("Kernel " + name + " takes " + known.params() + ", not " + params);
        }
        return known;
    }

    private Kernel load(String file, String name, StructLayout params) {
        Module module = module(file, name);
        checkSize(name, params, PtxResource.parameterBytes(module.image, name));
        FunctionHandle function = new FunctionHandle();
        context.call("cuModuleGetFunction(" + name + ")", () -> JCudaDriver.cuModuleGetFunction(function, module.handle, name), module.ownership);
        checkSize(name, params, driversSize(name, function, module.ownership));
        return new Kernel(context, name, params, function, module.ownership);
    }

    /** The struct's size as the driver has it, or empty when it is too old to tell. */
    private OptionalInt driversSize(String name, FunctionHandle function, Ownership module) {
        long[] bytes = {-1};
        context.call("cuFuncGetParamInfo(" + name + ")", () -> {
            int result = Bridge.parameterBytes(bytes, function.address());
            return result == CUresult.CUDA_ERROR_SHARED_OBJECT_SYMBOL_NOT_FOUND ? CUresult.CUDA_SUCCESS : result;
        }, module);
        return bytes[0] < 0 ? OptionalInt.empty() : OptionalInt.of((int) bytes[0]);
    }

    static void checkSize(String name, StructLayout params, OptionalInt kernelBytes) {
        if (kernelBytes.isPresent() && kernelBytes.getAsInt() != params.size()) {
            throw new IllegalStateException("Kernel " + name + " takes a struct of " + kernelBytes.getAsInt() + " bytes, but "
                    + params.name() + " is written with " + params.size() + ": the kernel and the library are from different builds");
        }
    }

    private Module module(String file, String name) {
        String ptx = PtxResource.load(file);
        if (ptx == null && context.spec.kind() == DeviceSpec.Kind.CUDA) {
            throw new DeviceUnavailableException("This build has no PTX for " + file + ". " + PtxResource.HOW_TO_BUILD);
        }
        String key = ptx == null ? file + ":" + name : file;
        Module module = modules.get(key);
        if (module == null) {
            module = loadImage(file, ptx == null ? PtxResource.stub(name) : ptx);
            modules.put(key, module);
        }
        return module;
    }

    /** Loads PTX text or a stub. */
    Module loadImage(String file, String image) {
        CUmodule handle = new CUmodule();
        byte[] text = (image + '\0').getBytes(StandardCharsets.US_ASCII);
        try {
            context.call("cuModuleLoadData(" + file + ")", () -> JCudaDriver.cuModuleLoadData(handle, text));
        } catch (CudaException e) {
            throw e.outOfMemory() || e.sticky() ? e : new CudaException(e.code(), e.call(), compilationLog(text));
        }
        ContextState state = context; // modules live as long as the context, which unloads them through this library
        return new Module(handle, image, new Ownership(handle, state, "Module " + file, false,
                () -> state.checkRelease(JCudaDriver.cuModuleUnload(handle), "cuModuleUnload")));
    }

    /** Lets the driver compile once more, for the errors it can name; null when it names none. */
    private static String compilationLog(byte[] text) {
        JITOptions options = new JITOptions();
        options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[LOG_BYTES]);
        options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
        CUmodule module = new CUmodule();
        if (JCudaDriver.cuModuleLoadDataJIT(module, Pointer.to(text), options) == 0) {
            Driver.check(JCudaDriver.cuModuleUnload(module), "cuModuleUnload");
            return null;
        }
        String log = options.getString(CUjit_option.CU_JIT_ERROR_LOG_BUFFER);
        return log == null || log.isBlank() ? null : log.strip();
    }

    /** Unloads every module; called by the context before anything else of it is released. */
    synchronized void close() {
        RuntimeException first = null;
        for (var module : modules.values()) {
            try {
                module.ownership.close();
            } catch (CudaException e) {
                first = ContextState.join(first, e);
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
