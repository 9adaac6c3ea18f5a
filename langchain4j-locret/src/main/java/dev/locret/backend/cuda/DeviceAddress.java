package dev.locret.backend.cuda;

import jcuda.driver.CUdeviceptr;

/** A pointer of the driver that also says where it points, for arguments of kernels. */
final class DeviceAddress extends CUdeviceptr {
    long value() {
        return getNativePointer();
    }
}
