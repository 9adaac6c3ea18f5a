package dev.locret.backend;

/**
 * One linear layer and where its result goes.
 *
 * @param weight {@code [outputs, inputs]}
 * @param bias {@code [outputs]}, or null
 * @param out {@code [rows, outputs]}
 */
public record Projection(DeviceWeight weight, DeviceBuffer bias, Matrix out) {}
