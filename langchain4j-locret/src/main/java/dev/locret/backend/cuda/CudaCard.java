package dev.locret.backend.cuda;

/**
 * A graphics card and what its libraries say of themselves.
 *
 * @param name as the driver calls it
 * @param chip such as {@code sm_89}
 * @param multiprocessors how many there are
 * @param totalBytes memory of the card
 * @param freeBytes memory that no process holds
 * @param busGigabytesPerSecond memory's clock times its width: what no program exceeds
 * @param driver newest version of CUDA that the driver knows, such as {@code 12.9}
 * @param compiler version of NVRTC
 */
public record CudaCard(
        String name,
        String chip,
        int multiprocessors,
        long totalBytes,
        long freeBytes,
        double busGigabytesPerSecond,
        String driver,
        String compiler) {}
