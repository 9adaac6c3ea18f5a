package dev.locret.format;

import dev.locret.tensor.HostTensor;
import java.nio.file.Path;
import java.util.Map;

/** Retaining heads on disk: safetensors, or the PyTorch file in which the authors publish theirs. */
public final class HeadsFile {
    private static final String FORMAT = "heads";
    private static final int ZIP_MAGIC = 0x04034b50;
    /** First bytes of a pickle of protocol 2: how torch.save wrote before PyTorch 1.6. */
    private static final int OLD_TORCH = 0x0280;

    private HeadsFile() {}

    /**
     * Tensors by name. The kind of file is told by its first bytes, not by its name.
     *
     * @throws dev.locret.common.LocretException as of {@link SafetensorsFile#open} and {@link TorchFile#open};
     *     {@code file-unsupported} if it is neither
     */
    public static Map<String, HostTensor> open(Path path) {
        return of(MappedFile.open(path));
    }

    /** What a safetensors file says of itself; empty for a PyTorch file, which has no place for it. */
    public static Map<String, String> metadata(Path path) {
        MappedFile file = MappedFile.open(path);
        return isTorch(file) || !SafetensorsFile.isLikely(file)
                ? Map.of()
                : SafetensorsFile.of(file).metadata();
    }

    private static boolean isTorch(MappedFile file) {
        return file.size() >= 4 && file.slice(0, 4).getInt() == ZIP_MAGIC;
    }

    static Map<String, HostTensor> of(MappedFile file) {
        if (isTorch(file)) {
            return TorchFile.of(file).tensors();
        }
        if (SafetensorsFile.isLikely(file)) {
            return SafetensorsFile.of(file).tensors();
        }
        boolean oldTorch = file.size() >= 2 && file.slice(0, 2).getShort() == OLD_TORCH;
        throw FormatErrors.unsupported(
                FORMAT,
                oldTorch
                        ? "PyTorch file of the format before 1.6, load it and save it again with a newer PyTorch"
                        : "neither safetensors nor a PyTorch archive, by its first bytes",
                file.path());
    }
}
