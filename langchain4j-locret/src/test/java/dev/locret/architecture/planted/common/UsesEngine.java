package dev.locret.architecture.planted.common;

import dev.locret.architecture.planted.engine.Target;

/** A breach: the lowest layer reaches up. */
class UsesEngine {
    Target target;
}
