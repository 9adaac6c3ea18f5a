package dev.locret.architecture.planted.backend.cuda;

import dev.locret.architecture.planted.backend.cpu.Device;

/** A breach: one device sees another. */
class UsesSibling {
    Device device;
}
