package dev.locret.backend;

/** Memory of a backend. Only the backend that allocated it reads or writes it, and its layout is that backend's own. */
public interface DeviceBuffer {
    /** What it holds, for the memory plan and for messages. */
    String name();

    /** Number of 32-bit elements. */
    long elements();

    default long bytes() {
        return 4 * elements();
    }
}
