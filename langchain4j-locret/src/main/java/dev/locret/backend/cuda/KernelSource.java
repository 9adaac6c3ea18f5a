package dev.locret.backend.cuda;

import dev.locret.tensor.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One {@code .cu} file, for one type of weights if it depends on it.
 *
 * @param file its name without ending
 * @param type type of weights, or null
 */
record KernelSource(String file, DType type) {
    private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"(\\w+\\.cuh)\"$");

    /** Files that do not depend on a type of weights. */
    static final List<String> FILES = List.of(
            "attend_chunk",
            "attend_rows",
            "attend_step",
            "attention_mass",
            "attention_peaks",
            "elementwise",
            "evict",
            "linear_chunk",
            "merge",
            "sample",
            "scores",
            "training");

    /** Files that are compiled for each type of weights at hand. */
    static final List<String> TYPED_FILES = List.of("embed", "linear_step", "unpack");

    /** All that there are. */
    static Stream<KernelSource> all() {
        return Stream.concat(
                FILES.stream().map(file -> new KernelSource(file, null)),
                TYPED_FILES.stream().flatMap(file -> Stream.of(DType.values())
                        .filter(DType::isFloating)
                        .map(type -> new KernelSource(file, type))));
    }

    String text() {
        return read(file + ".cu");
    }

    /** Headers that the file includes, directly or not, by name: name and text. */
    SortedMap<String, String> headers() {
        SortedMap<String, String> found = new TreeMap<>();
        collect(text(), found);
        return found;
    }

    private static void collect(String text, Map<String, String> found) {
        Matcher include = INCLUDE.matcher(text);
        while (include.find()) {
            String name = include.group(1);
            if (!found.containsKey(name)) {
                found.put(name, read(name));
                collect(found.get(name), found);
            }
        }
    }

    /** Options of the compiler for a chip such as {@code sm_89}. */
    List<String> options(String chip) {
        Stream<String> common = Stream.of("--gpu-architecture=" + chip, "--std=c++17");
        return (type == null ? common : Stream.concat(common, Stream.of("-DWEIGHT_TYPE=" + type))).toList();
    }

    private static String read(String name) {
        try (InputStream in = KernelSource.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("kernel source: " + name, e);
        }
    }
}
