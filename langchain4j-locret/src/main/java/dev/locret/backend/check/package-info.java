/** Operations of a device against the CPU's scalar reference, for a machine that a test never saw. */
package dev.locret.backend.check;
