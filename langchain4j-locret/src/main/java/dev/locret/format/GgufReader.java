package dev.locret.format;

import dev.locret.tensor.DType;
import dev.locret.tensor.HostTensor;
import dev.locret.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the header of one GGUF file. Every length is compared with the bytes that are left before memory is taken for
 * it, so a small file cannot ask for much.
 */
final class GgufReader {
    static final String FORMAT = "gguf";
    static final int MAGIC = 0x46554747;

    /** Longest key; the specification's own limit. */
    private static final int MAX_KEY_BYTES = 65_535;
    /** Longest tensor name; ggml cuts names at this length, so no tool writes longer ones. */
    private static final int MAX_NAME_BYTES = 64;
    /** Longest string value. Chat templates and merge lists stay far below. */
    private static final int MAX_STRING_BYTES = 1 << 28;
    /** ggml has no tensors of more axes. */
    private static final int MAX_DIMS = 4;
    /** Arrays within arrays; no known writer nests at all, and each level costs stack. */
    private static final int MAX_DEPTH = 64;
    /** Alignment of tensor data when {@code general.alignment} does not say another. */
    private static final long DEFAULT_ALIGNMENT = 32;
    /** Largest alignment: a huge page, beyond which it would only be padding. */
    private static final long MAX_ALIGNMENT = 1 << 21;

    private static final int MIN_PAIR_BYTES = 8 + 4 + 1;
    private static final int MIN_TENSOR_BYTES = 8 + 4 + 4 + 8;

    private final MappedFile file;
    private final Path path;
    private final FileCursor in;

    private record Info(String name, DType type, Shape shape, long offset, long size) {}

    /** One file of a model: its metadata and tensors in the file's order. */
    record Shard(Path path, int version, Map<String, Object> metadata, Map<String, HostTensor> tensors) {}

    private GgufReader(MappedFile file) {
        this.file = file;
        this.path = file.path();
        this.in = new FileCursor(file, FORMAT);
    }

    static Shard read(MappedFile file) {
        return new GgufReader(file).shard();
    }

    private Shard shard() {
        int magic = in.i32("magic");
        if (magic != MAGIC) {
            throw FormatErrors.unsupported(
                    FORMAT, String.format("magic is 0x%08x, expected 0x%08x (GGUF)", magic, MAGIC), path);
        }
        int version = version();
        long tensorCount = in.count("number of tensors", MIN_TENSOR_BYTES);
        long pairCount = in.count("number of metadata pairs", MIN_PAIR_BYTES);
        Map<String, Object> metadata = metadata(pairCount);
        List<Info> infos = infos(tensorCount);
        return new Shard(path, version, metadata, tensors(infos, alignment(metadata)));
    }

    private int version() {
        int version = in.i32("version");
        if (version != 2 && version != 3) {
            int swapped = Integer.reverseBytes(version);
            String what = swapped > 0 && swapped < 1 << 16
                    ? "big-endian file of version " + swapped + ", only little-endian files are read"
                    : "version " + Integer.toUnsignedString(version) + ", versions 2 and 3 are read";
            throw FormatErrors.unsupported(FORMAT, what, path);
        }
        return version;
    }

    private Map<String, Object> metadata(long count) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (long i = 0; i < count; i++) {
            String key = in.string("metadata key " + i, MAX_KEY_BYTES);
            String what = "value of " + FormatErrors.quote(key);
            Object value = value(in.u32("type of " + FormatErrors.quote(key)), what, 0);
            if (metadata.put(key, value) != null) {
                throw in.damaged("metadata key " + FormatErrors.quote(key) + " appears twice");
            }
        }
        return metadata;
    }

    private Object value(long type, String what, int depth) {
        return switch ((int) type) {
            case 0 -> (long) in.u8(what);
            case 1 -> (long) (byte) in.u8(what);
            case 2 -> (long) in.u16(what);
            case 3 -> (long) (short) in.u16(what);
            case 4 -> in.u32(what);
            case 5 -> (long) in.i32(what);
            case 6 -> (double) Float.intBitsToFloat(in.i32(what));
            case 7 -> bool(what);
            case 8 -> in.string(what, MAX_STRING_BYTES);
            case 9 -> array(what, depth + 1);
            case 10 -> in.u64(what);
            case 11 -> in.i64(what);
            case 12 -> Double.longBitsToDouble(in.i64(what));
            default -> throw in.damaged(what + " has unknown type " + type);
        };
    }

    private boolean bool(String what) {
        int value = in.u8(what);
        if (value > 1) {
            throw in.damaged(what + " is neither 0 nor 1 but " + value);
        }
        return value == 1;
    }

    private List<Object> array(String what, int depth) {
        if (depth > MAX_DEPTH) {
            throw in.damaged(what + " nests arrays more than " + MAX_DEPTH + " deep");
        }
        long type = in.u32("element type of " + what);
        long count = in.count("array length of " + what, minBytes(type));
        // Grown as elements arrive: nested arrays could each announce the whole rest of the file.
        List<Object> list = new ArrayList<>((int) Math.min(count, 1 << 16));
        for (long i = 0; i < count; i++) {
            list.add(value(type, what, depth));
        }
        return list;
    }

    private static int minBytes(long type) {
        return switch ((int) type) {
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case 8, 10, 11, 12 -> 8;
            case 9 -> 12;
            default -> 1;
        };
    }

    private long alignment(Map<String, Object> metadata) {
        Object value = metadata.getOrDefault("general.alignment", DEFAULT_ALIGNMENT);
        if (!(value instanceof Long alignment)
                || alignment <= 0
                || alignment > MAX_ALIGNMENT
                || Long.bitCount(alignment) != 1) {
            throw in.damaged("general.alignment must be a power of two up to " + MAX_ALIGNMENT + ", is "
                    + FormatErrors.quote(String.valueOf(value)));
        }
        return alignment;
    }

    private List<Info> infos(long count) {
        List<Info> infos = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            infos.add(info(i));
        }
        return infos;
    }

    private Info info(long index) {
        String name = in.string("name of tensor " + index, MAX_NAME_BYTES);
        String what = "tensor " + FormatErrors.quote(name);
        long rank = in.u32("rank of " + what);
        if (rank > MAX_DIMS) {
            throw in.damaged(what + " has " + rank + " dimensions, allowed=" + MAX_DIMS);
        }
        long[] dims = new long[(int) rank];
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            dims[axis] = in.u64("extent of " + what);
            if (dims[axis] == 0) {
                throw in.damaged(what + " has an extent of 0");
            }
        }
        long number = in.u32("type of " + what);
        long offset = in.u64("offset of " + what);
        Shape shape = new Shape(dims);
        DType type = GgmlType.find(number)
                .orElseThrow(() -> FormatErrors.unsupported(
                        FORMAT, what + " has type " + GgmlType.name(number) + ", which is not read here", path));
        return new Info(name, type, shape, offset, TensorSizes.bytes(FORMAT, name, type, shape, path));
    }

    private Map<String, HostTensor> tensors(List<Info> infos, long alignment) {
        long data = (in.position() + alignment - 1) / alignment * alignment;
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        for (Info info : infos) {
            String what = "tensor " + FormatErrors.quote(info.name);
            if (info.offset % alignment != 0) {
                throw in.damaged(what + " starts at offset " + info.offset + ", which alignment " + alignment
                        + " does not divide");
            }
            if (info.offset > file.size() - data || info.size > file.size() - data - info.offset) {
                throw in.damaged(what + " ends at byte "
                        + Long.toUnsignedString(data + info.offset + info.size) + " of a file of " + file.size()
                        + " bytes");
            }
            MappedBytes bytes = new MappedBytes(file, info.name, data + info.offset, info.size);
            if (tensors.put(info.name, new HostTensor(info.name, info.type, info.shape, bytes)) != null) {
                throw in.damaged(what + " appears twice");
            }
        }
        refuseOverlaps(infos);
        return tensors;
    }

    private void refuseOverlaps(List<Info> infos) {
        List<Info> ordered = new ArrayList<>(infos);
        ordered.sort(Comparator.comparingLong(Info::offset).thenComparingLong(Info::size));
        for (int i = 1; i < ordered.size(); i++) {
            Info before = ordered.get(i - 1);
            if (before.offset + before.size > ordered.get(i).offset) {
                throw in.damaged("tensors " + FormatErrors.quote(before.name) + " and "
                        + FormatErrors.quote(ordered.get(i).name) + " overlap at offset " + ordered.get(i).offset);
            }
        }
    }
}
