package dev.locret.backend;

import dev.locret.tensor.DType;

/** Weight of a linear layer, {@code [rows, columns]} = {@code [outputs, inputs]}, resident in its file's own type. */
public interface DeviceWeight {
    String name();

    DType type();

    int rows();

    int columns();

    /** Bytes it occupies on the device. */
    long bytes();
}
