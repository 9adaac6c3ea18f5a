/** Micrometer meters of an engine, for applications that have Micrometer. */
package dev.locret.metrics;
