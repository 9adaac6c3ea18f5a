package dev.locret.format;

import dev.locret.common.LocretException;
import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One safetensors file: a JSON header, then the data of all tensors without holes. Tensors are views of the file. */
public final class SafetensorsFile {
    static final String FORMAT = "safetensors";

    /** Longest header, the limit of the reference implementation. */
    private static final long MAX_HEADER_BYTES = 100_000_000;
    /** As in GGUF, with room for what other models use. */
    private static final int MAX_DIMS = 8;

    private static final String METADATA = "__metadata__";
    private static final Map<String, DType> TYPES =
            Map.of("F32", DType.F32, "F16", DType.F16, "BF16", DType.BF16, "I32", DType.I32, "I64", DType.I64);

    private final MappedFile file;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Map<String, HostTensor> tensors = new LinkedHashMap<>();

    private record Range(String name, long begin, long end) {}

    private SafetensorsFile(MappedFile file) {
        this.file = file;
    }

    /**
     * Opens {@code path}.
     *
     * @throws dev.locret.common.LocretException {@code file-not-readable}, {@code file-damaged} if it ends early or
     *     contradicts itself, {@code file-unsupported} for an element type that is not read here
     */
    public static SafetensorsFile open(Path path) {
        return of(MappedFile.open(path));
    }

    static SafetensorsFile of(MappedFile file) {
        SafetensorsFile safetensors = new SafetensorsFile(file);
        safetensors.read();
        return safetensors;
    }

    /** Whether the first bytes look like a header; says nothing of the rest. */
    static boolean isLikely(MappedFile file) {
        return file.size() > 8 && file.slice(8, 1).get(0) == '{';
    }

    public Path path() {
        return file.path();
    }

    /** The strings under {@code __metadata__}. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    /** Tensors by name. */
    public Map<String, HostTensor> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    private void read() {
        FileCursor in = new FileCursor(file, FORMAT);
        long length = in.i64("header length");
        if (length < 0 || length > in.remaining()) {
            throw in.damaged(
                    "header of " + Long.toUnsignedString(length) + " bytes in a file of " + file.size() + " bytes");
        }
        if (length > MAX_HEADER_BYTES) {
            throw in.damaged("header of " + length + " bytes, allowed=" + MAX_HEADER_BYTES);
        }
        byte[] header = file.bytes(in.position(), (int) length);
        long data = in.position() + length;
        List<Range> ranges = new ArrayList<>();
        Json.parse(FORMAT, header, path()).forEach((name, value) -> {
            if (name.equals(METADATA)) {
                readMetadata(value);
            } else {
                ranges.add(readTensor(name, value, data));
            }
        });
        checkCoverage(ranges, file.size() - data);
    }

    private void readMetadata(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw damaged(METADATA + " is not an object");
        }
        map.forEach((key, text) -> {
            if (!(text instanceof String)) {
                throw damaged(METADATA + " holds " + FormatErrors.quote(key.toString()) + ", which is not a string");
            }
            metadata.put((String) key, (String) text);
        });
    }

    private Range readTensor(String name, Object value, long data) {
        String what = "tensor " + FormatErrors.quote(name);
        if (!(value instanceof Map<?, ?> map)) {
            throw damaged(what + " is not described by an object");
        }
        if (!(map.get("dtype") instanceof String typeName)) {
            throw damaged(what + " has no dtype");
        }
        DType type = TYPES.get(typeName);
        if (type == null) {
            throw FormatErrors.unsupported(
                    FORMAT, what + " has type " + FormatErrors.quote(typeName) + ", which is not read here", path());
        }
        long[] dims = numbers(map.get("shape"), MAX_DIMS, "shape of " + what);
        long[] offsets = numbers(map.get("data_offsets"), 2, "data_offsets of " + what);
        if (offsets.length != 2 || offsets[0] > offsets[1]) {
            throw damaged("data_offsets of " + what + " are not a range");
        }
        if (offsets[1] > file.size() - data) {
            throw damaged(what + " ends at byte " + offsets[1] + " of " + (file.size() - data) + " bytes of data");
        }
        Shape shape = new Shape(dims);
        long size = TensorSizes.bytes(FORMAT, name, type, shape, path());
        if (offsets[1] - offsets[0] != size) {
            throw damaged(what + " has " + (offsets[1] - offsets[0]) + " bytes of data, shape " + shape + " of " + type
                    + " needs " + size);
        }
        MappedBytes bytes = new MappedBytes(file, name, data + offsets[0], size);
        tensors.put(name, new HostTensor(name, type, shape, bytes));
        return new Range(name, offsets[0], offsets[1]);
    }

    private long[] numbers(Object value, int max, String what) {
        if (!(value instanceof List<?> list) || list.size() > max) {
            throw damaged(what + " is not a list of at most " + max + " numbers");
        }
        long[] numbers = new long[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!(list.get(i) instanceof Long number) || number < 0) {
                throw damaged(what + " holds " + FormatErrors.quote(String.valueOf(list.get(i)))
                        + ", expected a whole number");
            }
            numbers[i] = number;
        }
        return numbers;
    }

    /** The format wants every byte of data to belong to exactly one tensor. */
    private void checkCoverage(List<Range> ranges, long dataBytes) {
        ranges.sort(Comparator.comparingLong(Range::begin).thenComparingLong(Range::end));
        long end = 0;
        for (Range range : ranges) {
            if (range.begin != end) {
                throw damaged("tensor " + FormatErrors.quote(range.name) + " starts at byte " + range.begin
                        + " of the data, the one before ends at " + end);
            }
            end = range.end;
        }
        if (end != dataBytes) {
            throw damaged("tensors end at byte " + end + " of " + dataBytes + " bytes of data");
        }
    }

    private LocretException damaged(String what) {
        return FormatErrors.damaged(FORMAT, what, path());
    }
}
