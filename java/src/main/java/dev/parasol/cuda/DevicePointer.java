package dev.parasol.cuda;

import jcuda.driver.CUdeviceptr;

/** A device address for JCuda, which offers no constructor from a number: the address is an offset from null. Made for one call. */
final class DevicePointer extends CUdeviceptr {
    DevicePointer() {
    }

    DevicePointer(long address) {
        super(new CUdeviceptr(), address);
    }

    long address() {
        return getNativePointer() + getByteOffset();
    }
}
