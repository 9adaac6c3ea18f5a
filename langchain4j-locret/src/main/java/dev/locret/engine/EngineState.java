package dev.locret.engine;

/** Whether an engine takes requests. */
public enum EngineState {
    /** It does. */
    RUNNING,
    /**
     * Its device is lost, as after a kernel's error: every request fails with {@code device-failed}. Another engine can be
     * loaded, in the same JVM if the driver allows it; this one is only good for being closed.
     */
    DEVICE_FAILED,
    /** It was closed, or its worker ended. */
    CLOSED
}
