package dev.locret.backend.cuda;

import jcuda.Pointer;

/** An address on the device as cuBLAS takes it. */
final class BlasPointer extends Pointer {
    BlasPointer(long address) {
        super(address);
    }
}
