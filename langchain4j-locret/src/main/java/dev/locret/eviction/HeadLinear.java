package dev.locret.eviction;

import dev.locret.tensor.HostTensor;

/**
 * A linear layer of a head.
 *
 * @param weight {@code [outputs, inputs]}
 * @param bias {@code [outputs]}, or null
 */
public record HeadLinear(HostTensor weight, HostTensor bias) {}
