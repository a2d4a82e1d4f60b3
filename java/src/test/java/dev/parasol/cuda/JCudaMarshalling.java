package dev.parasol.cuda;

import jcuda.driver.CUmemAccessDesc;
import jcuda.driver.CUmemAccess_flags;
import jcuda.driver.CUmemAllocationProp;
import jcuda.driver.CUmemAllocationType;
import jcuda.driver.CUmemGenericAllocationHandle;
import jcuda.driver.CUmemLocation;
import jcuda.driver.CUmemLocationType;
import jcuda.driver.JCudaDriver;

/** The child process of {@link VirtualMemoryTest}: asks for virtual memory by JCuda's own structs, then by the bridge. */
final class JCudaMarshalling {
    private JCudaMarshalling() {
    }

    public static void main(String[] arguments) {
        try (CudaContext context = CudaContext.open(DeviceSpec.parse("soft:0"))) {
            context.bind();
            long unit = VirtualMemory.granularity(context);
            CUmemAllocationProp properties = new CUmemAllocationProp();
            properties.type = CUmemAllocationType.CU_MEM_ALLOCATION_TYPE_PINNED;
            properties.location = new CUmemLocation(CUmemLocationType.CU_MEM_LOCATION_TYPE_DEVICE, 0);
            say("JCuda's cuMemCreate", JCudaDriver.cuMemCreate(new CUmemGenericAllocationHandle(), unit, properties, 0));
            try (AddressRange range = new AddressRange(context, unit); PhysicalChunk chunk = new PhysicalChunk(context, unit)) {
                range.map(0, chunk);
                CUmemAccessDesc access = new CUmemAccessDesc();
                access.location = new CUmemLocation(CUmemLocationType.CU_MEM_LOCATION_TYPE_DEVICE, 0);
                access.flags = CUmemAccess_flags.CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
                say("JCuda's cuMemSetAccess", JCudaDriver.cuMemSetAccess(new DevicePointer(range.address()), unit, new CUmemAccessDesc[] {access}, 1));
                range.setAccess(0, unit);
                say("the bridge's", 0);
            }
        }
    }

    private static void say(String call, int result) {
        System.out.println(call + (result == 0 ? " taken" : " refused"));
    }
}
