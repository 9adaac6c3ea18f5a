/** Training of retaining heads; serves the command line alone. */
package dev.locret.train;
