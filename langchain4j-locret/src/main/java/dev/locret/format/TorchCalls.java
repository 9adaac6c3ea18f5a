package dev.locret.format;

import dev.locret.common.LocretException;
import dev.locret.tensor.DType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The few names that a PyTorch file of tensors needs, answered with descriptions of tensors. */
final class TorchCalls implements PickleReader.Calls {
    private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
    private static final String PARAMETER = "torch._utils._rebuild_parameter";
    private static final String DICT = "collections.OrderedDict";
    private static final Map<String, DType> STORAGES = Map.of(
            "torch.FloatStorage", DType.F32,
            "torch.HalfStorage", DType.F16,
            "torch.BFloat16Storage", DType.BF16,
            "torch.IntStorage", DType.I32,
            "torch.LongStorage", DType.I64);
    /** As in safetensors files. */
    private static final int MAX_DIMS = 8;

    private final String format;
    private final Path path;

    /** A name on the list. */
    private record Global(String name) {}

    /** Elements in the archive's entry {@code data/key}. */
    record Storage(DType type, String key, long elements) {}

    /** Part of a storage, seen through extents and strides (in elements). */
    record Tensor(Storage storage, long offset, long[] dims, long[] strides) {}

    TorchCalls(String format, Path path) {
        this.format = format;
        this.path = path;
    }

    /** The class of a storage of such elements, in the module {@code torch}. */
    static String storageName(DType type) {
        return STORAGES.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .map(entry -> entry.getKey().substring("torch.".length()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("PyTorch has no tensors of type " + type));
    }

    @Override
    public Object global(String name) {
        if (name.startsWith("torch.") && name.endsWith("Storage") && !STORAGES.containsKey(name)) {
            throw FormatErrors.unsupported(
                    format, "tensors of type " + FormatErrors.quote(name) + " are not read here", path);
        }
        if (!STORAGES.containsKey(name) && !name.equals(TENSOR) && !name.equals(PARAMETER) && !name.equals(DICT)) {
            throw FormatErrors.unsupported(
                    format,
                    "pickle names " + FormatErrors.quote(name)
                            + ", which is not allowed: only tensors are read, nothing is executed",
                    path);
        }
        return new Global(name);
    }

    @Override
    public Object call(Object function, List<?> arguments) {
        String name = function instanceof Global global ? global.name : "";
        if (name.equals(DICT) && arguments.isEmpty()) {
            return new LinkedHashMap<String, Object>();
        }
        if (name.equals(PARAMETER) && !arguments.isEmpty() && arguments.get(0) instanceof Tensor tensor) {
            return tensor;
        }
        if (name.equals(TENSOR)
                && arguments.size() >= 4
                && arguments.get(0) instanceof Storage storage
                && arguments.get(1) instanceof Long offset) {
            return new Tensor(storage, offset, numbers(arguments.get(2)), numbers(arguments.get(3)));
        }
        throw damaged("pickle calls " + FormatErrors.quote(name) + " with unexpected arguments");
    }

    @Override
    public Object persistent(Object id) {
        if (id instanceof List<?> list
                && list.size() == 5
                && "storage".equals(list.get(0))
                && list.get(1) instanceof Global type
                && STORAGES.containsKey(type.name)
                && list.get(2) instanceof String key
                && list.get(4) instanceof Long elements) {
            return new Storage(STORAGES.get(type.name), key, elements);
        }
        throw damaged("pickle refers to something that is not a storage of tensors");
    }

    private long[] numbers(Object value) {
        if (!(value instanceof List<?> list) || list.size() > MAX_DIMS) {
            throw damaged("shape of a tensor is not a tuple of at most " + MAX_DIMS + " numbers");
        }
        long[] numbers = new long[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!(list.get(i) instanceof Long number) || number < 0) {
                throw damaged("shape of a tensor holds something that is not a whole number");
            }
            numbers[i] = number;
        }
        return numbers;
    }

    private LocretException damaged(String what) {
        return FormatErrors.damaged(format, what, path);
    }
}
