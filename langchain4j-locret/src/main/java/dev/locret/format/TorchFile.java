package dev.locret.format;

import dev.locret.common.LocretException;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tensors that {@code torch.save} wrote: a zip archive of a pickle and one entry per storage. The pickle is read by an
 * allow-list and never executed.
 */
public final class TorchFile {
    private static final String FORMAT = "torch";
    private static final String PICKLE = "/data.pkl";
    /** A tensor takes about 150 bytes of pickle, and models have thousands of them. */
    private static final long MAX_PICKLE_BYTES = 64 << 20;

    private final MappedFile file;
    private final ZipDirectory zip;
    private final String root;
    private final Map<String, ZipDirectory.Content> storages = new HashMap<>();
    private final Map<String, HostTensor> tensors = new LinkedHashMap<>();

    private TorchFile(MappedFile file) {
        this.file = file;
        this.zip = ZipDirectory.read(file, FORMAT);
        this.root = root();
    }

    /**
     * Opens {@code path}.
     *
     * @throws LocretException {@code file-not-readable}; {@code file-damaged} if it ends early or contradicts itself;
     *     {@code file-unsupported} for an element type, a tensor that is not contiguous, or a pickle that holds more than
     *     tensors by name
     */
    public static TorchFile open(Path path) {
        return of(MappedFile.open(path));
    }

    static TorchFile of(MappedFile file) {
        TorchFile torch = new TorchFile(file);
        torch.read();
        return torch;
    }

    public Path path() {
        return file.path();
    }

    /** Tensors by name, in the file's order. */
    public Map<String, HostTensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    private String root() {
        for (String name : zip.names()) {
            if (name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length()) {
                return name.substring(0, name.length() - PICKLE.length());
            }
        }
        throw unsupported("archive holds no data.pkl, so torch.save did not write it");
    }

    private void read() {
        String order = root + "/byteorder";
        if (zip.has(order)) {
            ZipDirectory.Content content = zip.content(order);
            byte[] name = content.file().bytes(content.begin(), (int) Math.min(content.size(), 6));
            if (!Arrays.equals(name, "little".getBytes(StandardCharsets.US_ASCII))) {
                throw unsupported("byte order is not little-endian");
            }
        }
        ZipDirectory.Content pickle = zip.content(root + PICKLE);
        if (pickle.size() > MAX_PICKLE_BYTES) {
            throw damaged("data.pkl has " + pickle.size() + " bytes, allowed=" + MAX_PICKLE_BYTES);
        }
        Object value = PickleReader.read(pickle.bytes(), FORMAT, path(), new TorchCalls(FORMAT, path()));
        if (!(value instanceof Map<?, ?> map)) {
            throw unsupported("data.pkl does not hold tensors by name");
        }
        map.forEach((key, entry) -> {
            String name = (String) key;
            if (!(entry instanceof TorchCalls.Tensor tensor)) {
                throw unsupported("item " + FormatErrors.quote(name) + " is not a tensor");
            }
            tensors.put(name, tensor(name, tensor));
        });
    }

    private HostTensor tensor(String name, TorchCalls.Tensor tensor) {
        String what = "tensor " + FormatErrors.quote(name);
        TorchCalls.Storage storage = tensor.storage();
        Shape shape = new Shape(tensor.dims());
        long size = TensorSizes.bytes(FORMAT, name, storage.type(), shape, path());
        checkContiguous(what, tensor);
        if (tensor.offset() < 0 || tensor.offset() > storage.elements() - shape.elements()) {
            throw damaged(what + " of shape " + shape + " from element " + tensor.offset() + " exceeds its storage of "
                    + storage.elements() + " elements");
        }
        ZipDirectory.Content content =
                storages.computeIfAbsent(storage.key(), key -> zip.content(root + "/data/" + key));
        int elementBytes = storage.type().blockBytes();
        if (storage.elements() > content.size() / elementBytes) {
            throw damaged("storage " + FormatErrors.quote(storage.key()) + " of " + what + " has " + content.size()
                    + " bytes, " + storage.elements() + " elements of " + storage.type() + " need more");
        }
        long begin = content.begin() + tensor.offset() * elementBytes;
        return new HostTensor(name, storage.type(), shape, new MappedBytes(content.file(), name, begin, size));
    }

    private void checkContiguous(String what, TorchCalls.Tensor tensor) {
        long[] dims = tensor.dims();
        long[] strides = tensor.strides();
        if (strides.length != dims.length) {
            throw damaged(what + " has " + dims.length + " extents and " + strides.length + " strides");
        }
        long expected = 1;
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            if (dims[axis] > 1 && strides[axis] != expected) {
                throw unsupported(what + " is not contiguous: shape=" + Arrays.toString(dims) + ", strides="
                        + Arrays.toString(strides));
            }
            expected *= dims[axis];
        }
    }

    private LocretException damaged(String what) {
        return FormatErrors.damaged(FORMAT, what, path());
    }

    private LocretException unsupported(String what) {
        return FormatErrors.unsupported(FORMAT, what, path());
    }
}
