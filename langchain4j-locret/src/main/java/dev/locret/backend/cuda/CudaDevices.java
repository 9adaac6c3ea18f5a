package dev.locret.backend.cuda;

import dev.locret.backend.Backend;
import dev.locret.common.LocretException;
import java.util.List;

/**
 * The way to CUDA's devices for applications that may not have JCuda: this class has nothing of it, and {@link
 * CudaBackend}, which cannot even be linked without, is touched after everything was found.
 */
public final class CudaDevices {
    private CudaDevices() {}

    /** The libraries that {@link #open} needs, found or not; nothing is loaded. */
    public static List<CudaLibrary> libraries() {
        return CudaLibraries.search(LibrarySearch.ofMachine());
    }

    /**
     * The card of that number and what its libraries say of themselves.
     *
     * @throws LocretException as {@link #open} does
     */
    public static CudaCard card(int ordinal) {
        CudaLibraries.find(LibrarySearch.ofMachine());
        try (CudaBackend backend = CudaBackend.open(ordinal)) {
            return backend.card();
        }
    }

    /** Whether what {@link #open} needs is there; nothing is loaded. */
    public static boolean present() {
        return CudaLibraries.present(LibrarySearch.ofMachine());
    }

    /**
     * Opens a device.
     *
     * @param ordinal its number, from 0
     * @throws LocretException ({@code device-unavailable}) with what is missing and how to get it
     */
    public static Backend open(int ordinal) {
        CudaLibraries.find(LibrarySearch.ofMachine());
        return CudaBackend.open(ordinal);
    }
}
