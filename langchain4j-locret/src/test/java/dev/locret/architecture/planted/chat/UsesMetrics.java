package dev.locret.architecture.planted.chat;

import dev.locret.architecture.planted.metrics.Target;

/** A breach: a chat that needs an optional library. */
class UsesMetrics {
    Target target;
}
