package dev.locret.backend.cpu;

import dev.locret.backend.DeviceBuffer;

/** Heap arrays: exactly one of {@code floats} and {@code ints} is set. */
record CpuBuffer(String name, float[] floats, int[] ints) implements DeviceBuffer {
    static float[] floats(DeviceBuffer buffer) {
        return ((CpuBuffer) buffer).floats;
    }

    static int[] ints(DeviceBuffer buffer) {
        return ((CpuBuffer) buffer).ints;
    }

    @Override
    public long elements() {
        return floats != null ? floats.length : ints.length;
    }
}
