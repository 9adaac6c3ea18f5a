package dev.locret.backend.cuda;

import dev.locret.backend.RotaryTable;

/**
 * Rotary tables on the device.
 *
 * @param cosines {@code [positions, dimensions / 2]}
 * @param sines the same
 */
record CudaRotary(int dimensions, int positions, CudaBuffer cosines, CudaBuffer sines) implements RotaryTable {}
