package dev.locret.backend.cuda;

import dev.locret.backend.DeviceBuffer;
import dev.locret.backend.Matrix;

/**
 * Memory of the device.
 *
 * @param pointer as the driver takes it
 * @param elements of 32 bits
 */
record CudaBuffer(String name, DeviceAddress pointer, long elements) implements DeviceBuffer {
    static CudaBuffer of(DeviceBuffer buffer) {
        return (CudaBuffer) buffer;
    }

    /** Address of a matrix's row 0, column 0. */
    static long address(Matrix matrix) {
        return of(matrix.buffer()).address() + 4 * matrix.offset();
    }

    /** Address of a buffer, 0 for null. */
    static long address(DeviceBuffer buffer) {
        return buffer == null ? 0 : of(buffer).address();
    }

    /** Address of a matrix, 0 for null. */
    static long addressOrNull(Matrix matrix) {
        return matrix == null ? 0 : address(matrix);
    }

    long address() {
        return pointer.value();
    }
}
