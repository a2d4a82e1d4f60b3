package dev.parasol.cuda;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.JCudaDriver;

/** What all objects of a context share: the binding to threads, the objects still open, and the first sticky error. Thread-safe. */
final class ContextState {
    /** The context this class made current on the thread. Code that makes another one current must restore it. */
    private static final ThreadLocal<ContextState> CURRENT = new ThreadLocal<>();

    final DeviceSpec spec;
    final LongAdder launches = new LongAdder();
    private final CUdevice device;
    private final CUcontext context;
    private final Set<Ownership> open = new LinkedHashSet<>();
    private boolean closing;
    private volatile boolean destroyed;
    private volatile CudaException failure;

    ContextState(DeviceSpec spec, CUdevice device, CUcontext context) {
        this.spec = spec;
        this.device = device;
        this.context = context;
    }

    void bind() {
        if (CURRENT.get() == this) {
            return;
        }
        if (destroyed) {
            throw new IllegalStateException("The context of " + spec + " is closed");
        }
        Driver.check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
        CURRENT.set(this);
    }

    /** Binds for a release; false when the context is gone and with it everything that was in it. */
    boolean bindForRelease() {
        if (destroyed) {
            return false;
        }
        bind();
        return true;
    }

    /** Throws when the result is an error, and remembers the first one that lost the context. */
    void check(int result, String call) {
        if (result != 0) {
            throw remember(new CudaException(result, call));
        }
    }

    CudaException remember(CudaException error) {
        if (error.sticky() && failure == null) {
            failure = error;
        }
        return error;
    }

    /** Checks a release: in a context that is known to be lost its one error comes back from every call and is not repeated. */
    void checkRelease(int result, String call) {
        if (failure == null || !CudaException.sticky(result)) {
            check(result, call);
        }
    }

    /** The error that lost the context, or null. */
    CudaException failure() {
        return failure;
    }

    /** One checked driver call in this context, during which the owners cannot be released. */
    void call(String name, IntSupplier call, Ownership... used) {
        int entered = 0;
        try {
            for (Ownership owner : used) {
                owner.enter();
                entered++;
            }
            bind();
            check(call.getAsInt(), name);
        } finally {
            while (entered > 0) {
                used[--entered].exit();
            }
        }
    }

    void adopt(Ownership child) {
        synchronized (open) {
            if (closing) {
                throw new IllegalStateException("The context of " + spec + " is closed");
            }
            open.add(child);
        }
    }

    void disown(Ownership child) {
        synchronized (open) {
            open.remove(child);
        }
    }

    /** Releases what is still open, youngest first, then the context. The first error is thrown at the end, the others are attached. */
    void close() {
        if (destroyed) {
            return;
        }
        List<Ownership> children;
        synchronized (open) {
            closing = true;
            children = new ArrayList<>(open);
        }
        RuntimeException first = null;
        for (int i = children.size() - 1; i >= 0; i--) {
            try {
                children.get(i).closeWithContext();
            } catch (CudaException e) {
                first = join(first, e);
            }
        }
        try {
            unbind();
        } catch (CudaException e) {
            first = join(first, e);
        }
        check(JCudaDriver.cuDevicePrimaryCtxRelease(device), "cuDevicePrimaryCtxRelease");
        destroyed = true;
        synchronized (open) {
            children = new ArrayList<>(open);
        }
        children.forEach(Ownership::forget); // their release failed; the driver released them with the context
        if (first != null) {
            throw first;
        }
    }

    /** Closes behind a failure that is about to be thrown; another one is attached to it. */
    void closeAfter(RuntimeException failure) {
        try {
            close();
        } catch (CudaException e) {
            failure.addSuppressed(e);
        }
    }

    static RuntimeException join(RuntimeException first, RuntimeException next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }

    private void unbind() {
        if (CURRENT.get() == this) {
            CURRENT.remove();
            checkRelease(JCudaDriver.cuCtxSetCurrent(new CUcontext()), "cuCtxSetCurrent");
        }
    }
}
