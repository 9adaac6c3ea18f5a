package dev.locret.backend.check;

/**
 * What came of one operation's check.
 *
 * @param operation name of the operation, with its variant
 * @param size shapes that it was checked with
 * @param error root of the mean squared difference from the CPU's reference, relative to that of the result; null if it
 *     failed
 * @param bound largest error that is right
 * @param problem what failed, or null
 */
public record CheckResult(String operation, String size, Double error, double bound, String problem) {
    /** Whether the device computes what the CPU does. */
    public boolean ok() {
        return problem == null;
    }
}
