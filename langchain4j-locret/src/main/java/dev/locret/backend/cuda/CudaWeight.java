package dev.locret.backend.cuda;

import dev.locret.backend.DeviceWeight;
import dev.locret.tensor.DType;

/**
 * A weight on the device, in the layout of {@link WeightLayout}.
 *
 * @param paddedColumns columns of a row as it is stored
 * @param headerOffset where headers begin behind the bodies
 */
record CudaWeight(
        String name,
        DType type,
        int rows,
        int columns,
        int paddedColumns,
        CudaBuffer buffer,
        long headerOffset,
        WeightKernels kernels)
        implements DeviceWeight {
    @Override
    public long bytes() {
        return buffer.bytes();
    }

    /** Address of the bodies. */
    long bodies() {
        return buffer.address();
    }

    /** Address of the headers. */
    long headers() {
        return buffer.address() + headerOffset;
    }
}
