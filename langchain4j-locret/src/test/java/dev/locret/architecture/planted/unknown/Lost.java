package dev.locret.architecture.planted.unknown;

/** A breach: a package that the design does not name. */
class Lost {}
