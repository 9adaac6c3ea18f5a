package dev.locret.backend;

/**
 * What a device reaches with the largest simple operations: no kernel is faster, so their ratios say how good one is.
 *
 * @param bytesPerSecond read from memory and written to it, in a copy
 * @param operationsPerSecond multiplications and additions of a product of f16 matrices with f32 sums
 */
public record DeviceSpeed(double bytesPerSecond, double operationsPerSecond) {}
